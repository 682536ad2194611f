"""The public keys."""

from typing import Any

PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "k"}


def test_the_keys_are_public_and_cached_for_a_minute(shop: Any) -> None:
    answer = shop.call("GET", "/.well-known/jwks.json")

    assert answer.headers["Cache-Control"] == "public, max-age=60"
    (key,) = answer.json["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "alg", "use"}
    assert not PRIVATE & set(key)
    headers = {"If-None-Match": answer.headers["ETag"]}
    assert shop.call("GET", "/.well-known/jwks.json", headers).status_code == 304


def test_no_other_site_can_read_a_response(shop: Any) -> None:
    headers = {"Origin": "https://evil.example"}

    for method in ("GET", "OPTIONS"):
        answer = shop.call(method, "/.well-known/jwks.json", headers)
        assert not [name for name in answer.headers if "Allow-Origin" in name]
