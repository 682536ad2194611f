"""Gunicorn as every service starts it."""

import urllib3


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
