"""Records which databases are migrated and seeded, so that a restart is fast."""

import contextlib
import hashlib
import json
from pathlib import Path

from sqlalchemy import NullPool, column, create_engine, select, table
from sqlalchemy.exc import SQLAlchemyError

from chassis.config import database_url
from devtools.layout import ROOT, state_folder
from devtools.local.environment import Site

DEPENDS_ON = ("DATABASE_URL", "DEMO_", "BOOTSTRAP_")
NO_SCHEMA = "no schema"
VERSIONS = table("alembic_version", column("version_num"))


def is_current(site: Site, service: str) -> bool:
    """Return whether nothing has changed since the database was last prepared."""
    state = _state(site, service)
    return NO_SCHEMA not in state and _load().get(service) == state


def remember(site: Site, service: str) -> None:
    """Record that a database is prepared."""
    path = _file()
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps({**_load(), service: _state(site, service)}))
    draft.replace(path)


def _state(site: Site, service: str) -> list[str]:
    """Return a hash of code and settings, and the schema's revisions."""
    values = site.of(service)
    settings = sorted(f"{k}={v}" for k, v in values.items() if k.startswith(DEPENDS_ON))
    digest = hashlib.sha256("\n".join(settings).encode())
    for path in _sources(ROOT / service / "src"):
        digest.update(path.read_bytes())
    return [digest.hexdigest(), *_revisions(values["DATABASE_URL"])]


def _sources(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py")) + sorted(folder.glob("*/data/*"))


def _revisions(url: str) -> list[str]:
    """Return the schema's revisions, [NO_SCHEMA] when none can be read."""
    with contextlib.suppress(SQLAlchemyError, ValueError):
        engine = create_engine(database_url(url), poolclass=NullPool)
        with engine.connect() as connection:
            return list(connection.scalars(select(VERSIONS.c.version_num)))
    return [NO_SCHEMA]


def _file() -> Path:
    return state_folder() / "prepared.json"


def _load() -> dict[str, list[str]]:
    try:
        found: dict[str, list[str]] = json.loads(_file().read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return found
