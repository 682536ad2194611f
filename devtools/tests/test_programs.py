"""Other people's programs, where they are and where they are not."""

import click
import pytest

from devtools import programs
from devtools.compose import docker as engine


@pytest.mark.parametrize("way", [programs.run, programs.call, programs.show])
def test_a_program_that_is_missing_is_named(way):
    with pytest.raises(click.ClickException, match="no-such-program is missing"):
        way("no-such-program", "--version")


@pytest.mark.parametrize(
    ("used", "said"),
    [
        ("0B", "0 MiB"),
        ("1536KiB", "2 MiB"),
        ("12.4MiB", "12 MiB"),
        ("2GiB", "2048 MiB"),
    ],
)
def test_memory_is_read_in_every_unit_of_docker(docker, used, said):
    docker.answer("stats", 0, f'{{"MemUsage": "{used} / 8GiB"}}')

    assert engine.memory(["one"]) == said
