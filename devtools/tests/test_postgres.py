import psycopg
import pytest

from shop import ports, postgres


def port_of(url):
    return int(url.rpartition(":")[2].partition("/")[0])


def test_a_private_server_answers_and_is_gone_afterwards():
    with postgres.server() as url:
        address = url.replace("postgresql+psycopg", "postgresql")
        with psycopg.connect(address) as connection:
            row = connection.execute("SELECT current_user").fetchone()

    assert row == ("shop",)
    assert not ports.answers(port_of(url))


def test_a_failing_test_run_stops_the_server_too():
    with pytest.raises(KeyboardInterrupt), postgres.server() as url:
        raise KeyboardInterrupt

    assert not ports.answers(port_of(url))
