"""Compares two JSON Schemas: what is no longer accepted or no longer promised."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]
LEAST = ("minimum", "minLength", "minItems", "minProperties")
MOST = ("maximum", "maxLength", "maxItems", "maxProperties")
EXACT = ("pattern", "format", "propertyNames")
ALTERNATIVES = ("anyOf", "oneOf")
DEEPEST = 12  # levels; a schema may contain itself


@dataclass(frozen=True)
class Change:
    """A narrowing: the path of the member (empty: the whole), and what is narrower."""

    member: str
    text: str


@dataclass(frozen=True)
class Pair:
    """An old and a new schema at one place; their documents resolve `$ref`."""

    old: Schema
    new: Schema
    documents: tuple[Any, Any]
    member: str = ""
    depth: int = 0

    def at(self, old: Any, new: Any, member: str) -> "Pair":
        """Return the pair of two schemas inside of this one."""
        first, second = self.documents
        both = resolve(first, old), resolve(second, new)
        return Pair(*both, self.documents, member, self.depth + 1)

    def change(self, text: str) -> Change:
        """Return a narrowing of this place."""
        return Change(self.member, text)


Compare = Callable[[Pair], Iterator[Change]]


def accepted(pair: Pair) -> Iterator[Change]:
    """Yield what the old schema accepts and the new one refuses."""
    yield from _types_lost(pair)
    yield from _exact(pair)
    yield from _bounds(pair)
    yield from _newly_required(pair)
    yield from _alternatives_lost(pair)
    yield from _members(pair, accepted)
    is_closed = pair.new.get("additionalProperties") is False
    if is_closed and pair.old.get("additionalProperties") is not False:
        yield pair.change("refuses further members")


def promised(pair: Pair) -> Iterator[Change]:
    """Yield what the old schema promises to its readers and the new one does not."""
    old, new = _types(pair.old), _types(pair.new)
    if old and new - old:
        yield pair.change(f"may be {', '.join(sorted(new - old))}")
    lost = {*pair.old.get("required", ())} - {*pair.new.get("required", ())}
    for name in sorted(lost & pair.new.get("properties", {}).keys()):
        yield pair.change(f"{name} is no longer always there")
    yield from _alternatives_added(pair)
    yield from _members(pair, promised)


def resolve(document: Any, schema: Any) -> Schema:
    """Return a schema without `$ref` and `allOf`; `true` accepts everything."""
    if not isinstance(schema, dict):
        return {} if schema else {"enum": []}
    if reference := schema.get("$ref"):
        found = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        return resolve(document, found)
    merged = {name: value for name, value in schema.items() if name != "allOf"}
    for part in schema.get("allOf", ()):
        merged = _merged(merged, resolve(document, part))
    return merged


def _merged(one: Schema, other: Schema) -> Schema:
    properties = {**one.get("properties", {}), **other.get("properties", {})}
    required = [*one.get("required", ()), *other.get("required", ())]
    return {**one, **other, "properties": properties, "required": required}


def _types(schema: Schema) -> set[str]:
    found = schema.get("type", ())
    types = {found} if isinstance(found, str) else {*found}
    return types | {"integer"} if "number" in types else types


def _enum(schema: Schema) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    found: list[Any] | None = schema.get("enum")
    return found


def _types_lost(pair: Pair) -> Iterator[Change]:
    old, new = _types(pair.old), _types(pair.new)
    if new and (not old or old - new):
        lost = ", ".join(sorted(old - new)) or "any type"
        yield pair.change(f"no longer accepts {lost}")
    before, after = _enum(pair.old), _enum(pair.new)
    if after is None:
        return
    gone = ["others"] if before is None else [x for x in before if x not in after]
    if gone:
        yield pair.change(f"no longer accepts {', '.join(map(str, gone))}")


def _exact(pair: Pair) -> Iterator[Change]:
    for word in EXACT:
        if word in pair.new and pair.new[word] != pair.old.get(word):
            yield pair.change(f"has another {word}")


def _bounds(pair: Pair) -> Iterator[Change]:
    for word in LEAST:
        if pair.new.get(word, 0) > pair.old.get(word, 0):
            yield pair.change(f"has a greater {word}")
    for word in MOST:
        if pair.new.get(word, float("inf")) < pair.old.get(word, float("inf")):
            yield pair.change(f"has a smaller {word}")


def _newly_required(pair: Pair) -> Iterator[Change]:
    new = {*pair.new.get("required", ())} - {*pair.old.get("required", ())}
    for name in sorted(new):
        yield pair.change(f"{name} is required")


def _alternatives_lost(pair: Pair) -> Iterator[Change]:
    """Yield a change for an old alternative that no new one accepts entirely."""
    before, after = _alternatives(pair)
    for old in before if pair.new.keys() & {*ALTERNATIVES} else ():
        options = [pair.at(old, new, pair.member) for new in after]
        if all(next(accepted(option), None) for option in options):
            yield pair.change("no longer accepts one of its alternatives")


def _alternatives_added(pair: Pair) -> Iterator[Change]:
    """Yield a change for a new alternative that no old one describes."""
    before, after = _alternatives(pair)
    for new in after if pair.old.keys() & {*ALTERNATIVES} else ():
        options = [pair.at(old, new, pair.member) for old in before]
        if all(next(promised(option), None) for option in options):
            yield pair.change("may be another alternative")


def _alternatives(pair: Pair) -> tuple[list[Schema], list[Schema]]:
    """Return the alternatives of both schemas; a schema without any is its own."""
    return _options(pair.old), _options(pair.new)


def _options(schema: Schema) -> list[Schema]:
    found = [one for word in ALTERNATIVES for one in schema.get(word, ())]
    return found or [schema]


def _members(pair: Pair, compare: Compare) -> Iterator[Change]:
    if pair.depth > DEEPEST:
        return
    new = pair.new.get("properties", {})
    for name, old in sorted(pair.old.get("properties", {}).items()):
        member = f"{pair.member}.{name}".lstrip(".")
        if name in new:
            yield from compare(pair.at(old, new[name], member))
        else:
            yield Change(member, "is gone")
    if "items" in pair.old and "items" in pair.new:
        member = f"{pair.member}[]"
        yield from compare(pair.at(pair.old["items"], pair.new["items"], member))
