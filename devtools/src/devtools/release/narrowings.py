"""Lists what a contract takes away or narrows, compared with an older one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from devtools.release.contract import Contract
from devtools.release.schemas import Pair, accepted, promised, resolve


@dataclass(frozen=True, order=True)
class Narrowing:
    """What is narrower: a place such as `POST /orders/`, its member, and the change."""

    place: str
    member: str
    text: str

    def __str__(self) -> str:
        """Return the line that is shown."""
        where = f"{self.place}: {self.member}" if self.member else f"{self.place}:"
        return f"{where} {self.text}"


def between(old: Contract, new: Contract) -> list[Narrowing]:
    """Return all narrowings, sorted by place and without duplicates."""
    found = set(_messages(old["messages"], new["messages"]))
    found |= set(_settings(old["settings"], new["settings"]))
    found |= set(_values(old["values"], new["values"]))
    for name in old:
        if name.endswith(".openapi"):
            found |= set(_api(old[name], new.get(name, {"paths": {}})))
    return sorted(found)


def _api(old: Any, new: Any) -> Iterator[Narrowing]:
    for path, item in old["paths"].items():
        for method, operation in _operations(item):
            place = f"{method.upper()} {path}"
            other = new["paths"].get(path, {}).get(method)
            if other is None:
                yield Narrowing(place, "", "is gone")
            else:
                yield from _operation(place, operation, other, (old, new))


def _operations(item: Any) -> Iterator[tuple[str, Any]]:
    return ((name, one) for name, one in item.items() if name != "parameters")


def _operation(
    place: str, old: Any, new: Any, documents: tuple[Any, Any]
) -> Iterator[Narrowing]:
    yield from _callers(place, old, new)
    yield from _parameters(place, old, new, documents)
    yield from _body(place, old, new, documents)
    yield from _answers(place, old, new, documents)


def _callers(place: str, old: Any, new: Any) -> Iterator[Narrowing]:
    """An operation allows each of the roles and scopes in `x-requires`."""
    before, after = ({*one.get("x-requires", ())} for one in (old, new))
    if after and (not before or before - after):
        allowed = ", ".join(sorted(after))
        yield Narrowing(place, "", f"may be called by {allowed} only")


def _parameters(
    place: str, old: Any, new: Any, documents: tuple[Any, Any]
) -> Iterator[Narrowing]:
    first, second = documents
    before, after = _by_name(old, first), _by_name(new, second)
    for _, name in before.keys() - after.keys():
        yield Narrowing(place, name, "is gone")
    for key, parameter in after.items():
        was = before.get(key, {"schema": parameter["schema"]})
        if parameter.get("required", False) and not was.get("required", False):
            yield Narrowing(place, key[1], "is required")
        schemas = was["schema"], parameter["schema"]
        yield from _accepted(place, *schemas, documents, key[1])


def _by_name(operation: Any, document: Any) -> dict[tuple[str, str], Any]:
    found = (resolve(document, one) for one in operation.get("parameters", ()))
    return {(one["in"], one["name"]): {"schema": {}, **one} for one in found}


def _body(
    place: str, old: Any, new: Any, documents: tuple[Any, Any]
) -> Iterator[Narrowing]:
    first, second = (one.get("requestBody", {}) for one in (old, new))
    if second.get("required", False) and not first.get("required", False):
        yield Narrowing(place, "body", "is required")
    for kind, before, after in _contents(first, second, documents):
        if after is None:
            yield Narrowing(place, kind, "is no longer accepted")
        else:
            yield from _accepted(place, before, after, documents)


def _answers(
    place: str, old: Any, new: Any, documents: tuple[Any, Any]
) -> Iterator[Narrowing]:
    """Compare the answers with a status 2xx or 3xx."""
    for status, answer in old.get("responses", {}).items():
        if str(status)[0] in "23":
            other = new.get("responses", {}).get(status)
            yield from _answer(place, status, (answer, other), documents)


def _answer(
    place: str, status: str, answers: tuple[Any, Any], documents: tuple[Any, Any]
) -> Iterator[Narrowing]:
    if answers[1] is None:
        yield Narrowing(place, f"answer {status}", "is gone")
        return
    for kind, before, after in _contents(*answers, documents):
        if after is None:
            yield Narrowing(place, kind, "is no longer answered")
        else:
            yield from _promised(place, before, after, documents)


def _contents(
    old: Any, new: Any, documents: tuple[Any, Any]
) -> Iterator[tuple[str, Any, Any]]:
    """Yield each old kind of content with its old and its new schema, if it has one."""
    first, second = documents
    before = resolve(first, old).get("content", {})
    after = resolve(second, new).get("content", {})
    for kind, content in before.items():
        schema = after[kind].get("schema", {}) if kind in after else None
        yield kind, content.get("schema", {}), schema


def _messages(old: Any, new: Any) -> Iterator[Narrowing]:
    """A message may meet an older or a newer consumer, so both directions count."""
    for name, schema in old.items():
        if name not in new:
            yield Narrowing(name, "", "is gone")
            continue
        documents = schema, new[name]
        yield from _accepted(name, *documents, documents)
        yield from _promised(name, *documents, documents)


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
    for one in _accepted("values.yaml", old, new, (old, new)):
        yield Narrowing(one.member or one.place, "", one.text)


def _accepted(
    place: str, old: Any, new: Any, documents: tuple[Any, Any], member: str = ""
) -> Iterator[Narrowing]:
    pair = Pair({}, {}, documents).at(old, new, member)
    return (Narrowing(place, one.member, one.text) for one in accepted(pair))


def _promised(
    place: str, old: Any, new: Any, documents: tuple[Any, Any]
) -> Iterator[Narrowing]:
    pair = Pair({}, {}, documents).at(old, new, "")
    return (Narrowing(place, one.member, one.text) for one in promised(pair))
