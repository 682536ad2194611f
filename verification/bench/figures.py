"""What was measured, and the arithmetic over it."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Round:
    """One side of one round: orders accepted and refused in so many seconds."""

    accepted: int
    refused: int
    seconds: float

    @property
    def rate(self) -> float:
        """Orders accepted per second."""
        return self.accepted / self.seconds


@dataclass(frozen=True)
class Rates:
    """The rounds, each with a side without the key and a side with it."""

    without_key: list[Round] = field(default_factory=list)
    with_key: list[Round] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        """Each round's rate with the key, divided by its rate without the key."""
        pairs = zip(self.with_key, self.without_key, strict=True)
        return [one.rate / other.rate for one, other in pairs]

    @property
    def refused(self) -> int:
        """Orders that were not accepted in any round."""
        return sum(side.refused for side in (*self.without_key, *self.with_key))


def median_rate(rounds: Sequence[Round]) -> float:
    """Return the median of the rounds' orders per second."""
    return statistics.median(one.rate for one in rounds)


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value that so many percent do not exceed, 1..99, interpolated."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


@dataclass(frozen=True)
class Result:
    """The results of one database; latencies in seconds, by title."""

    database: str
    version: str
    latencies: dict[str, list[float]]
    rates: Rates
