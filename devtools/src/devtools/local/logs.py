"""Log lines of the shop's processes: complete in files, readable on the console."""

import json
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text

from devtools.layout import SANDBOX, SERVICES, state_folder

LARGEST = 20_000_000
KEPT = 40
ERRORS = ("error", "critical")
LEVELS = {"debug": "dim", "warning": "yellow", "error": "red", "critical": "bold red"}
COLOURS = dict(
    zip(
        (*SERVICES, SANDBOX, "sqs"),
        ("cyan", "green", "magenta", "blue", "yellow", "bright_black"),
        strict=True,
    )
)
SHOWN_APART = ("timestamp", "service", "level", "event", "correlation_id", "exception")
HIDDEN = (*SHOWN_APART, "trace_id", "process", "logger")


class Log:
    """One process's lines: appended to its file, shown, and the last ones kept."""

    def __init__(self, name: str, service: str, console: Console | None) -> None:
        self.name, self.service, self.console = name, service, console
        self.path = file(name)
        self.tail: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self.out = _open(self.path)

    def line(self, text: str) -> None:
        """Record one line of the process."""
        record = parse(text) or self._wrap(text)
        # JSON lines are written unchanged; other lines are wrapped.
        written = json.dumps(record) if record.get("is_raw") else text.strip()
        self.out.write(written + "\n")
        self.out.flush()
        self.tail.append(record)
        if self.console and text.strip():
            self.console.print(readable(record, self.name), soft_wrap=True)

    def close(self) -> None:
        """Close the file."""
        self.out.close()

    def _wrap(self, text: str) -> dict[str, Any]:
        moment = datetime.now(UTC).isoformat(timespec="milliseconds")
        return {
            "timestamp": moment.replace("+00:00", "Z"),
            "level": "info",
            "service": self.service,
            "event": text.rstrip(),
            "is_raw": True,
        }


def file(name: str) -> Path:
    """Return where a process's lines are kept."""
    return state_folder() / "log" / f"{name}.jsonl"


def parse(text: str) -> dict[str, Any] | None:
    """Return a JSON line's object, or None for any other line."""
    try:
        record = json.loads(text)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def readable(record: dict[str, Any], name: str) -> Text:
    """Return a line for people: time, process, level, event, id, and the rest."""
    colour = COLOURS.get(name.removesuffix("-worker"), "white")
    head = Text(_local_time(record) + " ", style="dim")
    head.append(f"{name:<19}", style=colour)
    if record.get("is_raw"):
        return head.append(str(record["event"]))
    level = str(record.get("level", "info"))
    head.append(f"{level:<8}", style=LEVELS.get(level, ""))
    head.append(f"{record.get('event', '')}", style="bold")
    head.append(f" {str(record.get('correlation_id', ''))[:13]}", style="bright_blue")
    rest = (f"{k}={v}" for k, v in record.items() if k not in HIDDEN and v != "")
    head.append("  " + " ".join(rest), style="dim")
    if exception := record.get("exception"):
        head.append(f"\n{exception}", style="red")
    return head


def cause(tail: list[dict[str, Any]]) -> str:
    """Return in one line why a process ended, from its last records."""
    end = [record for record in tail if str(record.get("event", "")).strip()]
    raw = _last_raw(end)
    if raw:
        return _without_stack(raw)
    errors = [record for record in end if record.get("level") in ERRORS]
    # The first error is the cause; later ones are consequences.
    for record in errors or end[-1:]:
        exception = str(record.get("exception") or "").strip().splitlines()
        return exception[-1] if exception else str(record["event"])
    return "it wrote nothing"


def _last_raw(records: list[dict[str, Any]]) -> list[str]:
    lines: list[str] = []
    for record in reversed(records):
        if record.get("is_raw"):
            lines.insert(0, str(record["event"]).strip())
        elif lines:
            break
    return lines


def _without_stack(lines: list[str]) -> str:
    if any(line.startswith("Traceback") for line in lines):
        return lines[-1]
    return lines[0] + " " + "; ".join(lines[1:]) if len(lines) > 1 else lines[0]


def _local_time(record: dict[str, Any]) -> str:
    try:
        moment = datetime.fromisoformat(str(record.get("timestamp")))
    except ValueError:
        return " " * 8
    return moment.astimezone().strftime("%H:%M:%S")


def _open(path: Path) -> TextIO:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LARGEST:
        path.replace(path.with_suffix(".jsonl.1"))
    return path.open("a", encoding="utf-8")
