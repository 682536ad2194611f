"""Lists what an API takes away or narrows, from its OpenAPI documents."""

from collections.abc import Iterator
from typing import Any

from devtools.release.changes import Documents, Narrowing, accepted, promised
from devtools.release.schemas import resolve


def narrowings(old: Any, new: Any) -> Iterator[Narrowing]:
    """Yield the narrowings between two OpenAPI documents."""
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
    place: str, old: Any, new: Any, documents: Documents
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
    place: str, old: Any, new: Any, documents: Documents
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
        yield from accepted(place, *schemas, documents, key[1])


def _by_name(operation: Any, document: Any) -> dict[tuple[str, str], Any]:
    found = (resolve(document, one) for one in operation.get("parameters", ()))
    return {(one["in"], one["name"]): {"schema": {}, **one} for one in found}


def _body(place: str, old: Any, new: Any, documents: Documents) -> Iterator[Narrowing]:
    first, second = (one.get("requestBody", {}) for one in (old, new))
    if second.get("required", False) and not first.get("required", False):
        yield Narrowing(place, "body", "is required")
    for kind, before, after in _contents(first, second, documents):
        if after is None:
            yield Narrowing(place, kind, "is no longer accepted")
        else:
            yield from accepted(place, before, after, documents)


def _answers(
    place: str, old: Any, new: Any, documents: Documents
) -> Iterator[Narrowing]:
    """Compare the answers with a status 2xx or 3xx."""
    for status, answer in old.get("responses", {}).items():
        if str(status)[0] in "23":
            other = new.get("responses", {}).get(status)
            yield from _answer(place, status, (answer, other), documents)


def _answer(
    place: str, status: str, answers: tuple[Any, Any], documents: Documents
) -> Iterator[Narrowing]:
    if answers[1] is None:
        yield Narrowing(place, f"answer {status}", "is gone")
        return
    for kind, before, after in _contents(*answers, documents):
        if after is None:
            yield Narrowing(place, kind, "is no longer answered")
        else:
            yield from promised(place, before, after, documents)


def _contents(
    old: Any, new: Any, documents: Documents
) -> Iterator[tuple[str, Any, Any]]:
    """Yield each old kind of content with its old and its new schema, if it has one."""
    first, second = documents
    before = resolve(first, old).get("content", {})
    after = resolve(second, new).get("content", {})
    for kind, content in before.items():
        schema = after[kind].get("schema", {}) if kind in after else None
        yield kind, content.get("schema", {}), schema
