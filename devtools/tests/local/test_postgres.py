import shutil
import tempfile
from pathlib import Path

import psycopg
import pytest

from devtools.local import ports, postgres


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


def test_what_was_committed_before_a_crash_is_there_after_it():
    folder = Path(tempfile.mkdtemp(prefix="shop-postgres-"))
    server = postgres.Server(folder)
    address = server.url.replace("postgresql+psycopg", "postgresql")
    server.start()
    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 17 AS number")

    server.crash()
    server.start()

    with psycopg.connect(address) as connection:
        row = connection.execute("SELECT number FROM kept").fetchone()
    server.stop()
    shutil.rmtree(folder)
    assert row == (17,)
