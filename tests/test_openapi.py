"""What is true of every operation in the OpenAPI documents of the four services."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from devtools.checks.security import roles

DOCUMENTS = {found["info"]["title"]: found for found in roles.documents()}
Operation = tuple[str, str, dict[str, Any]]


@pytest.fixture(params=DOCUMENTS)
def document(request: pytest.FixtureRequest) -> Any:
    return DOCUMENTS[request.param]


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in roles.METHODS:
                yield method, path, operation


def test_each_status_is_listed_and_none_is_a_default(document: Any) -> None:
    for method, path, operation in operations(document):
        assert "default" not in operation["responses"], (method, path)


def test_a_resource_that_a_path_names_can_be_unknown(document: Any) -> None:
    for method, path, operation in operations(document):
        if "{" in path:
            assert "404" in operation["responses"], (method, path)


def test_every_change_of_a_resource_accepts_an_if_match(document: Any) -> None:
    headers = {"$ref": "#/components/parameters/IfMatch"}
    for method, path, operation in operations(document):
        if method in ("put", "patch", "delete"):
            assert headers in operation["parameters"], (method, path)


def patterns(value: Any) -> Iterator[str]:
    inner: Any = value if isinstance(value, list) else ()
    if isinstance(value, dict):
        inner = value.values()
        if isinstance(value.get("pattern"), str):
            yield value["pattern"]
    for one in inner:
        yield from patterns(one)


def test_no_pattern_needs_more_than_the_syntax_of_ecmascript(document: Any) -> None:
    for pattern in patterns(document):
        # Python alone knows these; a lookbehind is younger than the browsers in use.
        assert not re.search(r"\(\?(P|<|[aiLmsux]+[:)])|\\[AZ]", pattern), pattern
