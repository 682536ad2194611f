"""The schema lets the knobs through and refuses what is unknown or unsafe."""

import itertools
import json
import re
import shutil

import pytest
import yaml

from chart.objects import of_kind
from chassis.config import Settings as Common
from devtools.chart import render
from devtools.chart.render import CASES, CHART, Refused
from devtools.layout import SERVICES
from order_svc.config import Settings as Orders
from payment_svc.config import Settings as Payments
from product_svc.config import Settings as Products
from user_svc.config import Settings as Users

SQLITE = ("database.mode=sqlite", "defaults.api.replicas=1")
PROD = "prod"
# What is asked for, on top of which case, and what the refusal names.
UNKNOWN = {
    "an unknown knob": ("default", ("replicaz=2",), "replicaz"),
    "one of a service": ("default", ("services.order-svc.replicaz=2",), "replicaz"),
    "one of an api": ("default", ("defaults.api.cpu=2",), "cpu"),
    "an unknown service": ("default", ("services.cart-svc.enabled=true",), "cart-svc"),
    "another database": ("default", ("database.mode=mysql",), "mode"),
    "a text for a number": ("default", ("defaults.api.replicas=two",), "replicas"),
    "an address with a path": ("default", ("publicUrl=https://a.example/x",), "Url"),
    "no Secret": ("default", ("services.user-svc.existingSecret=",), "existingSecret"),
    "a secret in plain sight": (
        "default",
        ("services.user-svc.config.SECRET_KEY=x",),
        "SECRET_KEY|config",
    ),
    "a peer's unknown field": (
        "default",
        ("networkPolicy.clients[0].podSelector.matchLabls.a=b",),
        "matchLabls",
    ),
    "an address block's": (
        "default",
        ("networkPolicy.database.to[0].ipBlock.cdir=10.0.0.0/8",),
        "cdir",
    ),
    "a gateway's": (
        "default",
        ("httpRoute.parentRefs[0].name=a", "httpRoute.parentRefs[0].namespce=b"),
        "namespce",
    ),
    "a toleration's": ("default", ("defaults.tolerations[0].kee=a",), "kee"),
    "an affinity's": ("default", ("services.user-svc.affinity.foo.a=b",), "foo"),
    "links under every host": (
        "default",
        ("httpRoute.hostnames[0]=*.example.com",),
        "hostnames",
    ),
    "a low port of the nodes": (
        "default",
        ("services.user-svc.service.nodePort=8000",),
        "nodePort",
    ),
    "an ingress without host": ("default", ("ingress.enabled=true",), "host"),
    "a route without gateway": ("default", ("httpRoute.enabled=true",), "parentRefs"),
    "secrets of no store": ("default", ("externalSecrets.enabled=true",), "storeName"),
}
UNSAFE = {
    "no worker to send what is to be told": (
        "default",
        ("defaults.worker.replicas=0",),
        "replicas",
    ),
    "none of one service": (
        "default",
        ("services.user-svc.worker.replicas=0",),
        "replicas",
    ),
    "none until something waits": ("default", ("keda.minReplicas=0",), "minReplicas"),
    "mails that can be read on the way in production": (
        PROD,
        ("mail.smtpUrl=smtp://relay:25",),
        "smtpUrl",
    ),
    "another environment behind production's back": (
        PROD,
        ("defaults.config.APP_ENV=development",),
        "APP_ENV|config",
    ),
    "SQLite with two replicas": ("default", ("database.mode=sqlite",), "replicas"),
    "SQLite with two of one service": (
        "default",
        (*SQLITE, "services.order-svc.api.replicas=2"),
        "replicas",
    ),
    "SQLite that scales": (
        "default",
        (*SQLITE, "defaults.api.autoscaling.enabled=true"),
        "autoscaling",
    ),
    "SQLite under KEDA": ("default", (*SQLITE, "keda.enabled=true"), "keda"),
    "development as production": ("default", ("environment=production",), "Secret"),
    "a development Secret in production": (
        PROD,
        ("services.payment-svc.existingSecret=payment-svc-development",),
        "payment-svc/?.?existingSecret",
    ),
    "demo accounts in production": (PROD, ("seed.enabled=true",), "seed"),
    "the sandbox in production": (
        PROD,
        ("razorpay.baseUrl=http://razorpay-sandbox",),
        "baseUrl",
    ),
    "an emulated queue in production": (
        PROD,
        ("queue.endpoint=http://localstack:4566",),
        "endpoint",
    ),
    "plain HTTP in production": (PROD, ("ingress.tls.enabled=false",), "tls"),
    "links to this machine in production": (
        PROD,
        ("ingress.enabled=false",),
        "publicUrl|anyOf",
    ),
    "changing code in production": (PROD, ("development.reload=true",), "reload"),
    "paying for a test in production": (PROD, ("test.pay=true",), "pay"),
    "data that goes with the pod in production": (
        PROD,
        (*SQLITE, "defaults.api.autoscaling.enabled=false"),
        "persistence",
    ),
}
WANTED = {**UNKNOWN, **UNSAFE}


@pytest.mark.parametrize("what", WANTED)
def test_it_is_refused_by_name(each_helm, what):
    case, sets, named = WANTED[what]

    with pytest.raises(Refused) as refused:
        render.template(each_helm, CASES[case], sets)

    assert re.search(named, str(refused.value))
    assert "schema" in str(refused.value)


def test_sqlite_may_be_used_in_production_when_it_is_kept(template):
    kept = (*SQLITE, "database.persistence.enabled=true")

    assert template(PROD, *kept, "defaults.api.autoscaling.enabled=false")


def knobs(values, path=()):
    """Yield the path of every key, but what stands inside free maps and lists."""
    for key, value in values.items():
        yield (*path, key)
        if isinstance(value, dict) and value:
            yield from knobs(value, (*path, key))


def described(schema, whole, path=()):
    """Yield the path of every property that a schema names."""
    if "$ref" in schema:
        schema = whole["definitions"][schema["$ref"].rpartition("/")[2]]
    for key, inner in schema.get("properties", {}).items():
        yield (*path, key)
        yield from described(inner, whole, (*path, key))


def test_every_knob_of_the_schema_has_its_default_in_values_yaml():
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    schema = json.loads((CHART / "values.schema.json").read_text())

    lacking = set(described(schema, schema)) - set(knobs(values))
    lacking -= {("global",)}  # Helm's own

    # What a service may have of `defaults`, and what `defaults` cannot say for all.
    own = {path for path in lacking if path[0] == "services"}
    own |= {("defaults", "image", "repository")}
    resources = {path for path in lacking if "resources" in path}
    assert lacking <= own | resources


def uncommented(lines):
    """Yield the knobs with no comment above themselves nor above what holds them."""
    above = []  # (indentation, whether it has a comment) of the keys around a line
    for before, line in itertools.pairwise(lines):
        if key := re.match(r"( *)[A-Za-z-]+:", line):
            above = [one for one in above if one[0] < len(key[1])]
            has_one = before.lstrip().startswith("#")
            if not has_one and not (above and above[-1][1]):
                yield line
            above.append((len(key[1]), has_one))


def test_every_knob_has_a_comment_above_it():
    lines = (CHART / "values.yaml").read_text().splitlines()

    left = [line.strip() for line in uncommented(lines)]
    inside = ("matchLabels:", "requests:", "limits:", "repository:")
    assert [line for line in left if not line.startswith(inside)] == []


def test_mail_may_go_encrypted_in_production(template):
    assert template(PROD, "mail.smtpUrl=smtp+starttls://relay:587")


def test_another_chart_may_depend_on_this_one(each_helm, tmp_path):
    version = yaml.safe_load((CHART / "Chart.yaml").read_text())["version"]
    parent = {"apiVersion": "v2", "name": "parent", "version": "0.1.0"}
    parent["dependencies"] = [{"name": "shop", "version": version}]
    (tmp_path / "Chart.yaml").write_text(yaml.safe_dump(parent))
    shutil.copytree(CHART, tmp_path / "charts" / "shop")

    made = render.documents(render.run(each_helm, "template", "shop", tmp_path))

    assert len(made) == len(render.template(each_helm))


def test_the_schema_keeps_secrets_and_what_a_knob_sets_out_of_config(template):
    schema = json.loads((CHART / "values.schema.json").read_text())
    kept_out = schema["definitions"]["config"]["propertyNames"]["not"]["enum"]
    classes = (Common, Users, Products, Orders, Payments)
    declared = {
        name.upper()
        for settings in classes
        for name, field in settings.__dataclass_fields__.items()
        if field.metadata.get("secret")
        or name.endswith(("_password", "_secret", "_previous"))
        or name in ("database_url", "service_clients")
    }
    documents = template("default", "mail.shopUrl=https://shop.example.com")
    maps = of_kind(documents, "ConfigMap")
    set_by_knobs = {name for service in SERVICES for name in maps[service]["data"]}
    of_aws_and_tests = {"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
    of_aws_and_tests |= {"AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL"}
    of_aws_and_tests |= {"CRASH_AT", "CLOCK_FILE"}

    assert set(kept_out) == declared | of_aws_and_tests | set_by_knobs
