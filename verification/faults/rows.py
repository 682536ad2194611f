"""The shape of the catalogue's rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

Parameters = Mapping[str, Any]
POSTGRESQL = ("postgresql",)
BOTH = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Kind:
    """A row of the catalogue; an action lasts `shortest` to `longest` seconds."""

    number: str
    kind: str
    targets: tuple[str, ...]
    weight: int
    shortest: float = 1.0
    longest: float = 8.0
    draw: Callable[[Random], Parameters] = lambda _: {}
    databases: tuple[str, ...] = BOTH
