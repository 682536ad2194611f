import click
import pytest

from devtools.local import apt, ports, redis


def test_a_private_server_answers_and_is_gone_afterwards():
    port = ports.pick()
    with redis.server(port) as url:
        assert ports.answers(port)

    assert url == f"redis://127.0.0.1:{port}/0"
    assert not ports.answers(port)


def test_a_missing_program_is_installed_or_named(monkeypatch):
    wanted = []
    monkeypatch.setattr(redis, "find", lambda: None)
    monkeypatch.setattr(apt, "install", lambda *names: wanted.append(names))

    with pytest.raises(click.ClickException, match="apt-get install redis-server"):
        redis.install()
    assert wanted == [("Redis", "redis-server")]
