"""The OpenAPI documents of the services say what is true."""

import re

from devtools.checks.security import page, roles

LONGEST_LINE = 8190  # bytes of a request line that gunicorn reads
PERCENT = len("%F0%9F%8D%9B")  # the most that one character of a query takes
CONDITION = "#/components/parameters/IfMatch"
TEXTS = ("format", "enum", "pattern")


def operations(documents, *methods):
    """Return (document, name, operation) of the operations with these methods."""
    for document in documents:
        for path, item in document["paths"].items():
            for method in item.keys() & set(methods):
                yield document, f"{method} {path}", item[method]


def resolve(document, node):
    """Return a node of a document, or the node that it refers to."""
    if "$ref" not in node:
        return node
    found = document
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return found


def strings(document, schema, path=""):
    """Return every string in the schema of a body, by its path."""
    schema = resolve(document, schema)
    if "string" in schema.get("type", ()):
        yield path, schema
    for name, inner in schema.get("properties", {}).items():
        yield from strings(document, inner, f"{path}.{name}")
    for inner in (*schema.get("anyOf", ()), *filter(None, [schema.get("items")])):
        yield from strings(document, inner, path)


def every_change_of_a_resource_documents_its_condition(documents):
    changes = list(operations(documents, "put", "patch", "delete"))

    assert len(changes) == 14
    for _, name, operation in changes:
        references = [p.get("$ref") for p in operation["parameters"]]
        assert references.count(CONDITION) == 1, name
        assert {"400", "412"} <= operation["responses"].keys(), name


def the_condition_and_the_key_have_the_patterns_that_are_checked(documents):
    for document, _, _ in operations(documents, "post"):
        parameters = document["components"]["parameters"]
        condition = parameters["IfMatch"]["schema"]
        assert re.search(condition["pattern"], '"a", W/"b"')
        assert not re.search(condition["pattern"], '"a')
        assert condition["maxLength"] == 1000
        key = parameters["IdempotencyKey"]["schema"]["pattern"]
        assert re.search(key, "x" * 255)
        assert not any(re.search(key, text) for text in ("", "x" * 256, "a,b", "é"))


def every_text_of_a_body_has_a_pattern(documents):
    bare = [
        f"{name}{path}"
        for document, name, operation in operations(documents, "post", "put", "patch")
        for kind, body in operation.get("requestBody", {}).get("content", {}).items()
        for path, schema in strings(document, body["schema"])
        if kind == "application/json" and not any(word in schema for word in TEXTS)
    ]

    assert [one for one in bare if not one.endswith("token")] == []


def what_may_be_left_unfilled_may_be_empty(documents):
    nullable = [
        (f"{name}{path}", schema)
        for document, name, operation in operations(documents, "post", "put", "patch")
        for body in operation.get("requestBody", {}).get("content", {}).values()
        for path, schema in strings(document, body["schema"])
        if "null" in schema["type"] and "maxLength" in schema  # no amount
    ]

    assert len(nullable) > 10
    for name, schema in nullable:
        assert schema.get("minLength", 0) == 0, name
        assert re.search(schema["pattern"], ""), name


def no_parameter_within_its_limits_is_too_long_for_a_request_line(documents):
    for _, name, operation in operations(documents, "get"):
        for parameter in operation.get("parameters", []):
            if parameter.get("in") == "query":
                longest = parameter["schema"].get("maxLength", 0) * PERCENT
                is_ascii = parameter["name"] == "cursor"
                line = longest // PERCENT if is_ascii else longest
                assert line < LONGEST_LINE, name


def the_callback_answers_a_page_or_json(documents):
    answers = {
        name: operation["responses"]["200"]
        for _, name, operation in operations(documents, "get")
    }

    answered = answers["get /payments/payment_link_callback/"]
    assert answered["description"]
    assert set(answered["content"]) == {"text/html", "application/json"}


def the_published_table_of_roles_is_that_of_the_documents(documents):
    assert page.is_fresh(roles=roles.part(documents)), "run `make diagrams`"


CHECKS = (
    the_published_table_of_roles_is_that_of_the_documents,
    every_change_of_a_resource_documents_its_condition,
    the_condition_and_the_key_have_the_patterns_that_are_checked,
    every_text_of_a_body_has_a_pattern,
    what_may_be_left_unfilled_may_be_empty,
    no_parameter_within_its_limits_is_too_long_for_a_request_line,
    the_callback_answers_a_page_or_json,
)


def test_the_documents_say_what_is_true(shop, subtests):
    clients = [app.test_client() for app in shop.apps.values()]
    documents = [client.get("/swagger.json").json for client in clients]

    for check in CHECKS:
        with subtests.test(check.__name__):
            check(documents)
