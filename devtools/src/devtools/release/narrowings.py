"""Lists what a contract takes away or narrows, compared with an older one."""

from collections.abc import Iterator
from typing import Any

from devtools.release import operations
from devtools.release.changes import Narrowing, accepted, promised
from devtools.release.contract import Contract


def between(old: Contract, new: Contract) -> list[Narrowing]:
    """Return all narrowings, sorted by place and without duplicates."""
    found = set(_messages(old["messages"], new["messages"]))
    found |= set(_settings(old["settings"], new["settings"]))
    found |= set(_values(old["values"], new["values"]))
    for name in old:
        if name.endswith(".openapi"):
            found |= set(operations.narrowings(old[name], new.get(name, {"paths": {}})))
    return sorted(found)


def _messages(old: Any, new: Any) -> Iterator[Narrowing]:
    """A message may meet an older or a newer consumer, so both directions count."""
    for name, schema in old.items():
        if name not in new:
            yield Narrowing(name, "", "is gone")
            continue
        documents = schema, new[name]
        yield from accepted(name, *documents, documents)
        yield from promised(name, *documents, documents)


def _settings(old: Any, new: Any) -> Iterator[Narrowing]:
    for service, settings in old.items():
        now = new.get(service, {})
        for name, setting in settings.items():
            yield from _setting(name, setting, now.get(name))
        for name in now.keys() - settings.keys():
            if now[name]["required"]:
                yield Narrowing(name, "", "is required")


def _setting(name: str, old: Any, new: Any) -> Iterator[Narrowing]:
    if new is None:
        yield Narrowing(name, "", "is gone")
        return
    if new["required"] and not old["required"]:
        yield Narrowing(name, "", "is required")
    if new["accepts"] != old["accepts"]:
        yield Narrowing(name, "", f"should be {new['accepts']}")


def _values(old: Any, new: Any) -> Iterator[Narrowing]:
    for one in accepted("values.yaml", old, new, (old, new)):
        yield Narrowing(one.member or one.place, "", one.text)
