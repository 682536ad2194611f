"""Swagger UI, ReDoc and the OpenAPI document."""

import re

import pytest
import yaml
from flask import Flask, jsonify, request
from jsonschema import Draft202012Validator
from tiny import create_app

from chassis import web
from devtools.testkit.plugin import serve

# The statuses that the server itself can answer, to any request.
SERVERS = {"400", "408", "413", "414", "429", "431", "500", "503"}


@pytest.fixture
def document(client):
    return client.get("/swagger.json").json


def walk(value):
    yield value
    inner = value.values() if isinstance(value, dict) else value
    for one in inner if isinstance(value, (dict, list)) else ():
        yield from walk(one)


def resolve(document, reference):
    found = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


def test_the_document_is_openapi_3_1(document):
    assert document["openapi"] == "3.1.0"
    assert document["info"]["title"] == "Things"
    assert "Sign in" in document["info"]["description"]
    assert document["servers"][0]["url"] == "http://127.0.0.1"


def test_every_reference_leads_somewhere(document):
    references = [
        v["$ref"] for v in walk(document) if isinstance(v, dict) and "$ref" in v
    ]

    assert len(references) > 10
    for reference in references:
        assert resolve(document, reference)


def test_every_schema_is_a_valid_schema(document):
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def operations(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                yield f"{method} {path}", operation


def test_every_operation_has_a_summary_problems_and_unique_parameters(document):
    for name, operation in operations(document):
        assert operation["summary"], name
        assert operation["responses"].keys() >= SERVERS
        for status, response in operation["responses"].items():
            if status.startswith(("4", "5")):
                assert "application/problem+json" in response["content"], name
        found = [str(p) for p in operation.get("parameters", [])]
        assert len(found) == len(set(found))


def in_path(item):
    return {p["name"] for p in item.get("parameters", []) if p.get("in") == "path"}


def test_parameters_of_a_path_are_declared(document):
    for path, item in document["paths"].items():
        for operation in (item[m] for m in item if m != "parameters"):
            declared = in_path(item) | in_path(operation)
            assert declared == set(re.findall(r"{(\w+)}", path))


def test_the_document_says_what_the_decorators_do(document):
    post = document["paths"]["/things/"]["post"]
    get = document["paths"]["/things/{thing_id}/"]["get"]
    patch = document["paths"]["/things/{thing_id}/"]["patch"]

    assert {"400", "401", "403", "409", "415", "422"} <= post["responses"].keys()
    assert "`taken`" in post["responses"]["409"]["description"]
    assert post["security"] == [{"bearer": []}, {"password": []}]
    assert patch["x-requires"] == ["staff", "things:write"]
    assert {"$ref": "#/components/parameters/IdempotencyKey"} in post["parameters"]
    assert {"$ref": "#/components/parameters/IfMatch"} in patch["parameters"]
    assert "412" in patch["responses"]
    assert "304" in get["responses"]
    assert "security" not in get
    assert "401" not in get["responses"]


def test_what_is_answered_is_what_is_documented(client, tokens, document):
    client.post("/things/", json={"name": "a", "price": "1"}, headers=tokens.user())
    thing = client.get("/things/1/").json

    properties = document["components"]["schemas"]["Thing"]["properties"]
    assert thing.keys() == properties.keys()
    assert re.fullmatch(properties["price"]["pattern"], thing["price"])
    problem = client.get("/nothing/").json
    assert (
        problem.keys()
        <= document["components"]["schemas"]["Problem"]["properties"].keys()
    )


def test_yaml_says_the_same(client, document):
    answer = client.get("/swagger.yaml")

    assert answer.mimetype == "application/yaml"
    assert yaml.safe_load(answer.text) == document


def test_a_document_that_is_known_is_not_sent_again(client):
    tag = client.get("/swagger.json").headers["ETag"]

    answer = client.get("/swagger.json", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.data) == (304, b"")


@pytest.mark.parametrize("path", ["/swagger/", "/redoc/"])
def test_a_page_loads_only_what_the_service_has(client, path):
    answer = client.get(path)
    page = answer.text
    nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])

    assert "://" not in page
    scripts = re.findall(r"<script([^>]*)>", page)
    assert scripts
    assert all(f'nonce="{nonce[1]}"' in script for script in scripts)
    assert not re.search(r"\son\w+=", page)
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert loaded
    for address in loaded:
        asset = client.get(address)
        assert asset.status_code == 200
        assert asset.data
        asset.close()


@pytest.fixture
def user_svc():
    """Serve a user-svc that gives tokens for one password."""
    app = Flask("fake_user_svc")

    @app.post("/user/token/")
    def token():
        if request.form.get("password") == "right":
            return jsonify(access_token="x", token_type="Bearer", expires_in=600)
        asked_as = request.headers.get("Authorization", "")
        return jsonify(error="invalid_grant", asked_as=asked_as), 400

    with serve(app) as address:
        yield address


def test_swaggers_sign_in_is_forwarded_to_user_svc(make_app, user_svc):
    app = make_app(create_app, USER_SVC_URL=user_svc)
    client = app.test_client()

    good = client.post("/swagger/token/", data={"password": "right"})
    assert (good.status_code, good.json["access_token"]) == (200, "x")
    assert good.headers["Cache-Control"] == "no-store"
    bad = client.post(
        "/swagger/token/",
        data={"password": "wrong"},
        headers={"Authorization": "Basic eDp5"},
    )
    assert (bad.status_code, bad.json["error"]) == (400, "invalid_grant")
    assert bad.json["asked_as"] == "Basic eDp5"


def test_swaggers_sign_in_takes_a_form_alone(client):
    answer = client.post("/swagger/token/", json={"password": "right"})

    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")
    assert client.get("/swagger/token/").status_code == 405


def test_swaggers_sign_in_is_unavailable_while_user_svc_is_away(make_app):
    app = make_app(create_app, USER_SVC_URL="http://127.0.0.1:9")

    answer = app.test_client().post("/swagger/token/", data={"password": "right"})

    assert (answer.status_code, answer.json["code"]) == (503, "unavailable")
    assert app.test_client().get("/swagger/").status_code == 200


@pytest.mark.parametrize(
    "lines",
    [
        ["Basic " + "x" * 8000],
        ["Bearer abc"],
        ["Basic {}"],
        ["Basic eDp5", "Basic eDp5"],
    ],
)
def test_swaggers_sign_in_forwards_credentials_alone(make_app, user_svc, lines):
    client = make_app(create_app, USER_SVC_URL=user_svc).test_client()
    headers = [("Authorization", line) for line in lines]

    answer = client.post("/swagger/token/", data={"password": "x"}, headers=headers)

    assert (answer.status_code, answer.json["code"]) == (400, "bad_request")


def test_sign_in_forms_keys_and_calls_of_the_service_share_no_breaker(make_app):
    app = make_app(create_app, USER_SVC_URL="http://127.0.0.1:9")
    for _ in range(5):
        app.test_client().post("/swagger/token/", data={"password": "x"})

    down = [use for use in web.USES if app.extensions[use].is_down]
    assert down == ["user_svc_sign_in"]


@pytest.mark.parametrize("charset", ["utf-16", "latin-1"])
def test_a_sign_in_form_in_another_character_set_is_refused(client, charset):
    media_type = f"application/x-www-form-urlencoded; charset={charset}"

    answer = client.post("/swagger/token/", data=b"a=b", content_type=media_type)

    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")
