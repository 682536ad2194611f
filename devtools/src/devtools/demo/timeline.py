"""One correlation id through all services and the queue, from their logs."""

from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from devtools.demo.client import until
from devtools.demo.steps import Demo
from devtools.local.logs import COLOURS, HIDDEN, parse
from devtools.target import Target


def show(console: Console, demo: Demo) -> str:
    """Print both timelines of the paid order; raise DemoFailed if one is incomplete."""
    target = demo.client.target
    records = until(
        lambda: _complete(target, demo.correlation_id),
        f"{demo.correlation_id} is in the logs of {', '.join(target.places())}",
    )
    console.print(_logged(demo.correlation_id, records))
    path = f"/orders/{demo.order['id']}/timeline/"
    steps = demo.client.call("GET", "order-svc", path)["data"]
    console.print(_kept(demo.order["id"], steps))
    return f"{len(records)} log lines, {len(steps)} steps of the order"


def logged(target: Target, correlation_id: str) -> list[dict[str, Any]]:
    """Return the log records with a correlation id, oldest first."""
    found = [parse(line) for line in target.lines(correlation_id)]
    mine = [r for r in found if r and r.get("correlation_id") == correlation_id]
    return sorted(mine, key=lambda record: str(record["timestamp"]))


def _complete(target: Target, correlation_id: str) -> list[dict[str, Any]]:
    records = logged(target, correlation_id)
    seen = {record["service"] for record in records}
    return records if seen.issuperset(target.places()) else []


def _logged(correlation_id: str, records: list[dict[str, Any]]) -> Table:
    table = _table(f"Correlation id {correlation_id}, from the logs", "Details")
    start = datetime.fromisoformat(records[0]["timestamp"])
    for record in records:
        service = record["service"]
        table.add_row(
            _offset(start, record["timestamp"]),
            f"[{COLOURS.get(service, 'white')}]{service}[/]",
            str(record["event"]),
            " ".join(f"{k}={v}" for k, v in record.items() if _is_shown(k, v)),
        )
    return table


def _kept(order_id: int, steps: list[dict[str, Any]]) -> Table:
    table = _table(f"Order {order_id}, from its timeline", "Change")
    start = datetime.fromisoformat(steps[0]["at"]) if steps else datetime.now()
    for step in steps:
        change = " → ".join(str(step[k]) for k in ("from", "to") if step.get(k))
        service, what = str(step["service"]), f"{step['kind']} {step['name']}"
        table.add_row(_offset(start, step["at"]), service, what, change)
    return table


def _table(title: str, last: str) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold")
    table.add_column("s", justify="right", no_wrap=True)
    table.add_column("Where", no_wrap=True)
    table.add_column("What", no_wrap=True)
    table.add_column(last, style="dim", overflow="fold")
    return table


def _offset(start: datetime, moment: str) -> str:
    return f"{(datetime.fromisoformat(moment) - start).total_seconds():.3f}"


def _is_shown(key: str, value: object) -> bool:
    return key not in HIDDEN and key != "caller" and value not in ("", None)
