"""What the code offers to others: APIs, messages, settings and values of the chart.

`docs/contract/` holds the contract of the last release. It is a kept file and not made
from the release's code, because old code may not run with today's requirements, and a
copy without git history has it too.
"""

import importlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from chassis.config import hint
from devtools.checks.security import roles
from devtools.layout import ROOT, SERVICES, module

KEPT = ROOT / "docs" / "contract"
EVENTS = ROOT / "docs" / "events"
VALUES = ROOT / "helm" / "shop" / "values.schema.json"
SCHEMA = ".schema.json"
Contract = dict[str, Any]


def current() -> Contract:
    """Return today's contract: what each file of the folder contains, by its name."""
    documents = {document["info"]["title"]: document for document in roles.documents()}
    apis = {f"{title.lower()}.openapi": documents[title] for title in roles.APIS}
    own = {"messages": messages(), "settings": settings(), "values": values()}
    return plain({**apis, **own})


def messages() -> dict[str, Any]:
    """Return the published JSON Schemas by message type."""
    paths = sorted(EVENTS.glob(f"*{SCHEMA}"))
    return {path.name.removesuffix(SCHEMA): _read(path) for path in paths}


def settings() -> dict[str, Any]:
    """Return the settings of each service: whether one is required, and what it is."""
    return {service: _settings(service) for service in SERVICES}


def values() -> Any:
    """Return the schema of the chart's values."""
    return _read(VALUES)


def kept(folder: Path | None = None) -> Contract | None:
    """Return the contract of the last release, or None if there was no release."""
    return {
        path.stem: _read(path) for path in sorted((folder or KEPT).glob("*.json"))
    } or None


def keep(folder: Path | None = None) -> list[Path]:
    """Write today's contract as that of the release; return the paths."""
    folder = folder or KEPT
    folder.mkdir(exist_ok=True)
    written = []
    for name, content in current().items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n")
        written.append(path)
    return written


def plain(contract: Contract) -> Contract:
    """Return a contract as JSON gives it back."""
    loaded: Contract = json.loads(json.dumps(contract))
    return loaded


def _settings(service: str) -> Mapping[str, Any]:
    config = importlib.import_module(f"{module(service)}.config")
    return {
        item.name.upper(): {"required": item.default is MISSING, "accepts": hint(item)}
        for item in fields(config.Settings)
        if "parse" in item.metadata
    }


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
