"""Gunicorn as every service starts it."""

import urllib3

from chassis.web.gunicorn import one_content_type


def connection(pool, address):
    """Return the Connection header of an answer."""
    return pool.request("GET", f"{address}/healthz/").headers["Connection"]


def test_while_its_pod_drains_it_tells_clients_to_connect_anew(gunicorn, tmp_path):
    with gunicorn() as address, urllib3.PoolManager() as pool:
        assert connection(pool, address) == "keep-alive"
        (tmp_path / "draining").touch()
        assert connection(pool, address) == "close"
        (tmp_path / "draining").unlink()
        assert connection(pool, address) == "keep-alive"


def test_a_repeated_content_type_is_joined_and_not_replaced():
    one = [("HOST", "a"), ("CONTENT-TYPE", "application/json")]

    assert one_content_type(one) == one
    assert one_content_type([*one, ("CONTENT-TYPE", "text/plain")]) == [
        ("HOST", "a"),
        ("CONTENT-TYPE", "application/json, text/plain"),
    ]
