"""The OpenAPI documents of the services say what is true."""

import re

LONGEST_LINE = 8190  # bytes of a request line that gunicorn reads
PERCENT = len("%F0%9F%8D%9B")  # the most that one character of a query takes
CONDITION = "#/components/parameters/IfMatch"
TEXTS = ("format", "enum", "pattern")


def operations(shop, *methods):
    """Return (document, name, operation) of the operations with these methods."""
    for app in shop.apps.values():
        document = app.test_client().get("/swagger.json").json
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


def test_every_change_of_a_resource_documents_its_condition(shop):
    changes = list(operations(shop, "put", "patch", "delete"))

    assert len(changes) == 14
    for _, name, operation in changes:
        references = [p.get("$ref") for p in operation["parameters"]]
        assert references.count(CONDITION) == 1, name
        assert {"400", "412"} <= operation["responses"].keys(), name


def test_the_condition_and_the_key_have_the_patterns_that_are_checked(shop):
    for document, _, _ in operations(shop, "post"):
        parameters = document["components"]["parameters"]
        condition = parameters["IfMatch"]["schema"]
        assert re.search(condition["pattern"], '"a", W/"b"')
        assert not re.search(condition["pattern"], '"a')
        assert condition["maxLength"] == 1000
        key = parameters["IdempotencyKey"]["schema"]["pattern"]
        assert re.search(key, "x" * 255)
        assert not any(re.search(key, text) for text in ("", "x" * 256, "a,b", "é"))


def test_every_text_of_a_body_has_a_pattern(shop):
    bare = [
        f"{name}{path}"
        for document, name, operation in operations(shop, "post", "put", "patch")
        for kind, body in operation.get("requestBody", {}).get("content", {}).items()
        for path, schema in strings(document, body["schema"])
        if kind == "application/json" and not any(word in schema for word in TEXTS)
    ]

    assert [one for one in bare if not one.endswith("token")] == []


def test_what_may_be_left_unfilled_may_be_empty(shop):
    nullable = [
        (f"{name}{path}", schema)
        for document, name, operation in operations(shop, "post", "put", "patch")
        for body in operation.get("requestBody", {}).get("content", {}).values()
        for path, schema in strings(document, body["schema"])
        if "null" in schema["type"] and "maxLength" in schema  # no amount
    ]

    assert len(nullable) > 10
    for name, schema in nullable:
        assert schema.get("minLength", 0) == 0, name
        assert re.search(schema["pattern"], ""), name


def test_no_parameter_within_its_limits_is_too_long_for_a_request_line(shop):
    for _, name, operation in operations(shop, "get"):
        for parameter in operation.get("parameters", []):
            if parameter.get("in") == "query":
                longest = parameter["schema"].get("maxLength", 0) * PERCENT
                is_ascii = parameter["name"] == "cursor"
                line = longest // PERCENT if is_ascii else longest
                assert line < LONGEST_LINE, name


def test_the_callback_answers_a_page_or_json(shop):
    documents = {
        name: operation["responses"]["200"]
        for _, name, operation in operations(shop, "get")
    }

    answered = documents["get /payments/payment_link_callback/"]
    assert answered["description"]
    assert set(answered["content"]) == {"text/html", "application/json"}
