"""The configuration of the fuzzer fits the services' documents."""

import tomllib

from devtools.checks.security import roles
from verification.fuzz.runs import CONFIG
from verification.fuzz.shop import SCOPES


def test_each_operation_with_more_statuses_exists():
    named = {
        f"{method.upper()} {path}"
        for document in roles.documents()
        for path, item in document["paths"].items()
        for method in roles.METHODS
        if method in item
    }
    paths = {name.split()[1] for name in named}
    for operation in tomllib.loads(CONFIG.read_text())["operations"]:
        assert set(as_list(operation.get("include-name", []))) <= named
        assert set(as_list(operation.get("include-path", []))) <= paths


def test_a_request_line_can_be_too_long_for_every_list():
    lists = {
        f"GET {path}"
        for document in roles.documents()
        for path, item in document["paths"].items()
        if "cursor" in str(item.get("get", {}).get("parameters", ()))
    }

    (names,) = [
        as_list(operation["include-name"])
        for operation in tomllib.loads(CONFIG.read_text())["operations"]
        if "negative_data_rejection" in operation["checks"]
    ]

    assert set(names) == lists


def as_list(value):
    return [value] if isinstance(value, str) else value


def test_the_service_has_every_scope_that_an_operation_requires():
    scopes = {
        one
        for document in roles.documents()
        for _, who in roles.operations(document)
        for one in who
        if ":" in one
    }

    assert set(SCOPES) == scopes
