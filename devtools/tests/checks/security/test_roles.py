"""The table of routes and roles; tests/test_documents.py compares the page with it."""

import pytest

from devtools.checks.security import page, roles

DOCUMENT = {
    "info": {"title": "Users"},
    "paths": {
        "/b/": {"post": {"x-requires": ["staff"]}, "get": {}},
        "/a/": {"get": {"x-requires": ["customer", "users:read"]}},
    },
}


@pytest.mark.parametrize(
    ("requires", "cells"),
    [
        ((), ["yes", "yes", "yes", "yes", "yes"]),
        (("customer",), ["no", "yes", "yes", "yes", "no"]),
        (("staff", "a:b", "a:c"), ["no", "no", "yes", "yes", "`a:b`, `a:c`"]),
        (("admin",), ["no", "no", "no", "yes", "no"]),
        (("a:b",), ["no", "no", "no", "no", "`a:b`"]),
    ],
)
def test_a_role_includes_the_roles_below(requires, cells):
    assert roles.cells(requires) == cells


def test_operations_are_sorted_by_path_and_name_whom_they_require():
    assert list(roles.operations(DOCUMENT)) == [
        ("GET /a/", ("customer", "users:read")),
        ("GET /b/", ()),
        ("POST /b/", ("staff",)),
    ]


def test_the_page_has_one_table_for_each_service():
    text = page.PATH.read_text()

    assert [text.count(f"### {title}\n") for title in roles.APIS] == [1, 1, 1, 1]
