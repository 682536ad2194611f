"""The machine of the benchmark, and whether it was idle."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

import psutil

OBSERVE_SECONDS = 2.0
IDLE_BELOW = 15.0


@dataclass(frozen=True)
class Machine:
    """The hardware, and its load before the benchmark started.

    `load` is the average of the last minute, `busy` is per cent of all cores.
    """

    cpu: str
    cores: int
    system: str
    python: str
    load: float
    busy: float

    @property
    def is_idle(self) -> bool:
        """Return whether the machine was idle enough for reliable figures."""
        return self.busy < IDLE_BELOW

    @property
    def warning(self) -> str:
        """The warning for readers when the machine was busy."""
        return (
            f"This machine was busy ({self.busy:.0f} % of its cores) before anything "
            "was started: the figures are unreliable, measure again when it is idle."
        )


def observe() -> Machine:
    """Observe the machine for two seconds."""
    return Machine(
        cpu=_model(Path("/proc/cpuinfo")),
        cores=os.cpu_count() or 1,
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        load=os.getloadavg()[0],
        busy=psutil.cpu_percent(OBSERVE_SECONDS),
    )


def _model(path: Path) -> str:
    lines = path.read_text().splitlines() if path.exists() else []
    names = (line.partition(":")[2] for line in lines if line.startswith("model name"))
    return next(names, "").strip() or platform.processor() or platform.machine()
