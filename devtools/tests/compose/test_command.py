"""`make compose` as people meet it, with a Docker that a test commands."""

import click
import pytest

from devtools.compose import command as compose

SERVICE = '{"Service": "order-svc", "State": "exited", "ExitCode": 1, "Health": ""'


@pytest.fixture
def failing(docker, var):
    """Let the containers not start."""
    compose.project.cache_clear()
    docker.answer("config --format json", 0, '{"name": "shop"}')
    docker.answer("^compose up", 1, "")
    docker.answer(" ps --all", 0, SERVICE + ', "Status": "Exited (1)"}')
    return docker


def test_what_did_not_start_is_shown_and_all_is_taken_down(failing, capsys):
    with pytest.raises(click.ClickException, match="did not start"):
        compose.up()

    assert "✗ order-svc: Exited (1)" in capsys.readouterr().out
    assert "compose logs --tail 20 order-svc" in failing.calls
    assert failing.calls[-1] == "compose --profile * down --remove-orphans --volumes"


def test_data_of_an_earlier_run_outlive_a_start_that_fails(failing):
    failing.answer("^volume ls", 0, "shop_postgres")

    with pytest.raises(click.ClickException, match="did not start"):
        compose.up()

    assert failing.calls[-1] == "compose --profile * down --remove-orphans"


def test_its_end_keeps_the_data_and_says_how_to_remove_them(failing, capsys):
    failing.answer("^volume ls", 0, "shop_postgres")

    compose.down()

    assert "make compose-down ARGS=--volumes removes them" in capsys.readouterr().out
