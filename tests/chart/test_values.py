"""The schema rejects unknown and unsafe values, and every value is documented."""

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
# Name: (case, --set options, pattern that the error must match).
UNKNOWN = {
    "an unknown value": ("default", ("replicaz=2",), "replicaz"),
    "an unknown value of a service": (
        "default",
        ("services.order-svc.replicaz=2",),
        "replicaz",
    ),
    "an unknown value of an API": ("default", ("defaults.api.cpu=2",), "cpu"),
    "an unknown service": ("default", ("services.cart-svc.enabled=true",), "cart-svc"),
    "an unknown database mode": ("default", ("database.mode=mysql",), "mode"),
    "a string instead of a number": (
        "default",
        ("defaults.api.replicas=two",),
        "replicas",
    ),
    "a public URL with a path": ("default", ("publicUrl=https://a.example/x",), "Url"),
    "an empty name of a Secret": (
        "default",
        ("services.user-svc.existingSecret=",),
        "existingSecret",
    ),
    "a secret in a ConfigMap": (
        "default",
        ("services.user-svc.config.SECRET_KEY=x",),
        "SECRET_KEY|config",
    ),
    "an unknown field of a peer": (
        "default",
        ("networkPolicy.clients[0].podSelector.matchLabls.a=b",),
        "matchLabls",
    ),
    "an unknown field of an ipBlock": (
        "default",
        ("networkPolicy.database.to[0].ipBlock.cdir=10.0.0.0/8",),
        "cdir",
    ),
    "an unknown field of a parentRef": (
        "default",
        ("httpRoute.parentRefs[0].name=a", "httpRoute.parentRefs[0].namespce=b"),
        "namespce",
    ),
    "an unknown field of a toleration": (
        "default",
        ("defaults.tolerations[0].kee=a",),
        "kee",
    ),
    "an unknown field of an affinity": (
        "default",
        ("services.user-svc.affinity.foo.a=b",),
        "foo",
    ),
    "a wildcard host in links": (
        "default",
        ("httpRoute.hostnames[0]=*.example.com",),
        "hostnames",
    ),
    "a node port below the range": (
        "default",
        ("services.user-svc.service.nodePort=8000",),
        "nodePort",
    ),
    "an ingress without a host": ("default", ("ingress.enabled=true",), "host"),
    "a route without a gateway": ("default", ("httpRoute.enabled=true",), "parentRefs"),
    "external secrets without a store": (
        "default",
        ("externalSecrets.enabled=true",),
        "storeName",
    ),
}
UNSAFE = {
    "no worker to relay the outbox": (
        "default",
        ("defaults.worker.replicas=0",),
        "replicas",
    ),
    "no worker in one service": (
        "default",
        ("services.user-svc.worker.replicas=0",),
        "replicas",
    ),
    "no worker while the queue is empty": (
        "default",
        ("keda.minReplicas=0",),
        "minReplicas",
    ),
    "unencrypted mail in production": (
        PROD,
        ("mail.smtpUrl=smtp://relay:25",),
        "smtpUrl",
    ),
    "APP_ENV overridden in production": (
        PROD,
        ("defaults.config.APP_ENV=development",),
        "APP_ENV|config",
    ),
    "SQLite with two replicas": ("default", ("database.mode=sqlite",), "replicas"),
    "SQLite with two replicas of one service": (
        "default",
        (*SQLITE, "services.order-svc.api.replicas=2"),
        "replicas",
    ),
    "SQLite with autoscaling": (
        "default",
        (*SQLITE, "defaults.api.autoscaling.enabled=true"),
        "autoscaling",
    ),
    "SQLite with KEDA": ("default", (*SQLITE, "keda.enabled=true"), "keda"),
    "development Secrets in production": (
        "default",
        ("environment=production",),
        "Secret",
    ),
    "one development Secret in production": (
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
    "unencrypted HTTP in production": (PROD, ("ingress.tls.enabled=false",), "tls"),
    "links to localhost in production": (
        PROD,
        ("ingress.enabled=false",),
        "publicUrl|anyOf",
    ),
    "code reloading in production": (PROD, ("development.reload=true",), "reload"),
    "a paid test in production": (PROD, ("test.pay=true",), "pay"),
    "SQLite without a volume in production": (
        PROD,
        (*SQLITE, "defaults.api.autoscaling.enabled=false"),
        "persistence",
    ),
}
INVALID = {**UNKNOWN, **UNSAFE}


@pytest.mark.parametrize("what", INVALID)
def test_an_invalid_value_is_rejected_by_name(each_helm, what):
    case, sets, named = INVALID[what]

    with pytest.raises(Refused) as refused:
        render.template(each_helm, CASES[case], sets)

    assert re.search(named, str(refused.value))
    assert "schema" in str(refused.value)


def test_sqlite_on_a_volume_is_allowed_in_production(template):
    kept = (*SQLITE, "database.persistence.enabled=true")

    assert template(PROD, *kept, "defaults.api.autoscaling.enabled=false")


def value_paths(values, path=()):
    """Yield the path of every key, except inside lists."""
    for key, value in values.items():
        yield (*path, key)
        if isinstance(value, dict) and value:
            yield from value_paths(value, (*path, key))


def schema_paths(schema, whole, path=()):
    """Yield the path of every property in the schema."""
    if "$ref" in schema:
        schema = whole["definitions"][schema["$ref"].rpartition("/")[2]]
    for key, inner in schema.get("properties", {}).items():
        yield (*path, key)
        yield from schema_paths(inner, whole, (*path, key))


def test_every_property_of_the_schema_has_a_default_in_values_yaml():
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    schema = json.loads((CHART / "values.schema.json").read_text())

    lacking = set(schema_paths(schema, schema)) - set(value_paths(values))
    lacking -= {("global",)}  # Helm's own

    # Optional overrides of `defaults`, and what has no common default.
    own = {path for path in lacking if path[0] == "services"}
    own |= {("defaults", "image", "repository")}
    resources = {path for path in lacking if "resources" in path}
    assert lacking <= own | resources


def uncommented(lines):
    """Yield the lines of keys without a comment above them or above a parent key."""
    above = []  # (indentation, whether it has a comment) of the keys around a line
    for before, line in itertools.pairwise(lines):
        if key := re.match(r"( *)[A-Za-z-]+:", line):
            above = [one for one in above if one[0] < len(key[1])]
            has_one = before.lstrip().startswith("#")
            if not has_one and not (above and above[-1][1]):
                yield line
            above.append((len(key[1]), has_one))


def test_every_value_has_a_comment():
    lines = (CHART / "values.yaml").read_text().splitlines()

    left = [line.strip() for line in uncommented(lines)]
    inside = ("matchLabels:", "requests:", "limits:", "repository:")
    assert [line for line in left if not line.startswith(inside)] == []


def test_encrypted_mail_is_allowed_in_production(template):
    assert template(PROD, "mail.smtpUrl=smtp+starttls://relay:587")


def test_the_chart_can_be_a_subchart(each_helm, tmp_path):
    version = yaml.safe_load((CHART / "Chart.yaml").read_text())["version"]
    parent = {"apiVersion": "v2", "name": "parent", "version": "0.1.0"}
    parent["dependencies"] = [{"name": "shop", "version": version}]
    (tmp_path / "Chart.yaml").write_text(yaml.safe_dump(parent))
    shutil.copytree(CHART, tmp_path / "charts" / "shop")

    made = render.documents(render.run(each_helm, "template", "shop", tmp_path))

    assert len(made) == len(render.template(each_helm))


def test_config_rejects_secrets_and_variables_that_other_values_set(template):
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
    set_by_values = {name for service in SERVICES for name in maps[service]["data"]}
    set_by_values -= {"TRUSTED_HOSTS"}  # the chart adds its hosts to those of `config`
    of_aws_and_tests = {"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
    of_aws_and_tests |= {"AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL"}
    of_aws_and_tests |= {"CRASH_AT", "CLOCK_FILE"}

    assert set(kept_out) == declared | of_aws_and_tests | set_by_values
