"""The machine that measures, and whether it has anything else to do."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

import psutil

LOOK_SECONDS = 2.0
IDLE_BELOW = 15.0


@dataclass(frozen=True)
class Machine:
    """What it is, and what it did before anything of ours was started.

    `load` is the average of the last minute, `busy` per cent of all cores.
    """

    cpu: str
    cores: int
    system: str
    python: str
    load: float
    busy: float

    @property
    def is_idle(self) -> bool:
        """Say whether figures of this machine mean anything."""
        return self.busy < IDLE_BELOW

    @property
    def warning(self) -> str:
        """What to tell whoever reads the figures of a busy machine."""
        return (
            f"This machine was busy ({self.busy:.0f} % of its cores) before anything "
            "was started: do not trust the figures, measure again when it is quiet."
        )


def look() -> Machine:
    """Watch the machine for a moment."""
    return Machine(
        cpu=_model(Path("/proc/cpuinfo")),
        cores=os.cpu_count() or 1,
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        load=os.getloadavg()[0],
        busy=psutil.cpu_percent(LOOK_SECONDS),
    )


def _model(path: Path) -> str:
    lines = path.read_text().splitlines() if path.exists() else []
    names = (line.partition(":")[2] for line in lines if line.startswith("model name"))
    return next(names, "").strip() or platform.processor() or platform.machine()
