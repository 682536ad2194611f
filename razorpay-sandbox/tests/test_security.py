import requests


def test_pages_have_security_headers(a_link, served):
    for url in (a_link()["short_url"], served.url, f"{served.url}/nothing"):
        headers = requests.get(url, timeout=5).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_a_web_page_cannot_use_the_control_api(a_link, served):
    url = f"{served.url}/control/links/{a_link()['id']}/pay/"
    for origin in ("https://evil.example", "null", served.url):
        answer = requests.post(url, json={}, headers={"Origin": origin}, timeout=5)
        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer.headers

    assert requests.post(url, json={}, timeout=5).status_code == 200
