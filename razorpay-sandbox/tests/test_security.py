import requests


def test_pages_have_security_headers(a_link, served):
    for url in (a_link()["short_url"], served.url, f"{served.url}/nothing"):
        headers = requests.get(url, timeout=5).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
