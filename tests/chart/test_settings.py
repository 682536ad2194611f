"""Every variable of a pod is a setting, and the services start with them."""

import ast
import json
import os
import re
from urllib.parse import urlsplit

import pytest

import order_svc.config
import payment_svc.config
import product_svc.config
import user_svc.config
from chart.objects import containers, of_kind, pods, secret
from chassis.config import ConfigError
from devtools.chart.render import CASES
from devtools.layout import ROOT, SANDBOX, SERVICES
from devtools.local.credentials import CLIENTS
from razorpay_sandbox.config import DEFAULTS, SECRETS, read_settings

SETTINGS = {
    "user-svc": user_svc.config.Settings,
    "product-svc": product_svc.config.Settings,
    "order-svc": order_svc.config.Settings,
    "payment-svc": payment_svc.config.Settings,
}
CASES_THAT_START = ("default", "kind", "dev", "sqlite")
# Variables that libraries read: boto3 and OpenTelemetry.
LIBRARY_VARIABLES = {
    "AWS_ACCESS_KEY_ID",
    "AWS_ENDPOINT_URL_SQS",
    "AWS_SECRET_ACCESS_KEY",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
}


ENVIRON_READS = ("os.environ.get", "os.environ.setdefault")
VALUES = {
    "DATABASE_URL": "postgresql://login:password@db/name",
    "RATE_LIMIT_STORAGE": "rediss://:password@redis.example.com:6379/0",
    "RAZORPAY_KEY_ID": "rzp_live_0123456789",
    "SERVICE_CLIENTS": "[]",
    "SMTP_URL": "smtps://shop:word@mail.example.com",
}


def read_by(folder):
    """Return the variables that a package reads from os.environ."""
    names = set()
    for path in (ROOT / folder / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ENVIRON_READS:
                names |= {a.value for a in node.args[:1] if isinstance(a, ast.Constant)}
    return names


def known(service):
    """Return all variables that a service reads."""
    fields = SETTINGS[service].__dataclass_fields__
    return {
        *(name.upper() for name, field in fields.items() if "parse" in field.metadata),
        *read_by("chassis"),
        *LIBRARY_VARIABLES,
    }


def environ(template, manifests, case, service):
    """Return the environment of a service's process."""
    documents = template(case)
    maps, secrets = (of_kind(documents, "ConfigMap"), of_kind(manifests, "Secret"))
    _, spec = pods(documents)[f"Deployment {service}"]
    found = {}
    for source in spec["containers"][0]["envFrom"]:
        if "configMapRef" in source:
            found |= maps[source["configMapRef"]["name"]]["data"]
        else:
            found |= secret(secrets[source["secretRef"]["name"]])
    env = spec["containers"][0].get("env", [])
    return found | {item["name"]: item["value"] for item in env}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("service", SERVICES)
def test_every_variable_of_the_chart_is_a_setting_of_the_service(
    template, case, service
):
    given = of_kind(template(case), "ConfigMap")[service]["data"]

    assert set(given) <= known(service)


@pytest.mark.parametrize("service", SERVICES)
def test_every_key_of_a_development_secret_is_a_setting(manifests, service):
    given = secret(of_kind(manifests, "Secret")[f"{service}-development"])

    assert set(given) <= known(service)


def test_a_renamed_setting_is_detected():
    assert "PRODUCT_SVC_URL" in known("order-svc")
    assert "PRODUCT_SVC_ADDRESS" not in known("order-svc")
    assert "PRODUCT_SVC_URL" not in known("payment-svc")


@pytest.mark.parametrize("case", CASES_THAT_START)
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_starts_with_the_development_secret(
    template, manifests, case, service
):
    settings = SETTINGS[service].load(environ(template, manifests, case, service))

    assert not settings.is_production
    assert settings.database_url.startswith(
        "sqlite:////data/" if case == "sqlite" else "postgresql+psycopg://"
    )


@pytest.mark.parametrize("service", SERVICES)
def test_production_rejects_every_development_secret(template, manifests, service):
    given = environ(template, manifests, "default", service)

    with pytest.raises(ConfigError) as refused:
        SETTINGS[service].load({**given, "APP_ENV": "production"})

    secrets = [
        name.upper()
        for name, field in SETTINGS[service].__dataclass_fields__.items()
        if field.metadata.get("secret")
    ]
    assert secrets
    for name in secrets:
        assert any(problem.startswith(name) for problem in refused.value.problems)


@pytest.mark.parametrize("service", SERVICES)
def test_production_starts_with_the_keys_listed_in_values_yaml(template, service):
    """The comment above each existingSecret lists the keys of the Secret."""
    text = (ROOT / "helm" / "shop" / "values.yaml").read_text()
    comment = re.search(rf"  {service}:\n(?:.*\n)+?    existingSecret", text)[0]
    long = "0123456789abcdefghijklmnopqrstuvwxyz"
    keys = set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", comment))
    given = {name: VALUES.get(name, long) for name in keys if "BOOTSTRAP" not in name}
    config = of_kind(template("prod"), "ConfigMap")[service]["data"]

    assert SETTINGS[service].load({**config, **given}).is_production


def test_order_svc_is_registered_as_a_client_of_user_svc(manifests):
    secrets = of_kind(manifests, "Secret")
    [client] = json.loads(secret(secrets["user-svc-development"])["SERVICE_CLIENTS"])
    own = secret(secrets["order-svc-development"])

    assert client["client_id"] == SETTINGS["order-svc"].service_client_id == "order-svc"
    assert client["client_secret"] == own["SERVICE_CLIENT_SECRET"]
    assert (client["audiences"], client["scopes"]) == CLIENTS["order-svc"]


def test_payment_svc_and_the_sandbox_have_the_same_keys(manifests):
    secrets = of_kind(manifests, "Secret")
    payment = secret(secrets["payment-svc-development"])
    sandbox = secret(secrets["razorpay-sandbox-development"])

    assert sandbox == {name: payment[name] for name in SECRETS}


def test_the_sandbox_starts_with_its_variables(template, manifests):
    _, spec = pods(manifests)[f"Deployment {SANDBOX}"]
    env = {item["name"]: item["value"] for item in spec["containers"][0]["env"]}
    keys = secret(of_kind(manifests, "Secret")["razorpay-sandbox-development"])

    assert set(env) <= set(DEFAULTS)
    settings = read_settings(env | keys)
    assert settings.database_url == "sqlite:////data/ledger.db"
    services = of_kind(template(), "Service")
    hook = urlsplit(settings.webhook_url)
    assert hook.hostname in services
    assert hook.path == "/payments/webhook/"


def test_each_service_uses_the_login_created_by_the_database(manifests):
    secrets = of_kind(manifests, "Secret")
    passwords = secret(secrets["postgres-development"])
    statements = of_kind(manifests, "ConfigMap")["postgres-init"]["data"]
    [sql] = statements.values()

    for service in SERVICES:
        url = urlsplit(secret(secrets[f"{service}-development"])["DATABASE_URL"])
        login = service.replace("-", "_")
        assert (url.username, url.path) == (login, f"/{login}")
        assert url.hostname in of_kind(manifests, "Service")
        variable = f"{login.upper()}_PASSWORD"
        assert url.password == passwords[variable]
        made = f"CREATE ROLE {login} LOGIN PASSWORD :'password';"
        assert f"\\getenv password {variable}\n{made}" in sql
        assert f"CREATE DATABASE {login} OWNER {login};" in sql


def test_every_url_of_the_chart_names_a_service_of_the_cluster(template, manifests):
    known_hosts = {*of_kind(template(), "Service"), *of_kind(manifests, "Service")}

    for service in SERVICES:
        settings = of_kind(template(), "ConfigMap")[service]["data"]
        for name, value in settings.items():
            if name.endswith(("_URL", "_SQS")) and name != "PUBLIC_URL":
                assert urlsplit(value).hostname in known_hosts, f"{service} {name}"


def test_only_users_of_the_queues_have_their_url(template):
    found = {
        service
        for service in SERVICES
        if "AWS_ENDPOINT_URL_SQS" in of_kind(template(), "ConfigMap")[service]["data"]
    }
    in_production = of_kind(template("prod"), "ConfigMap")["order-svc"]["data"]

    assert found == {"order-svc", "payment-svc"}
    assert "AWS_ENDPOINT_URL_SQS" not in in_production
    assert in_production["AWS_REGION"] == "ap-south-1"


def test_only_user_svc_has_a_mail_server_and_in_production_from_its_secret(
    template,
):
    found = {
        service: settings["data"]["SMTP_URL"]
        for service, settings in of_kind(template(), "ConfigMap").items()
        if "SMTP_URL" in settings["data"]
    }
    in_production = of_kind(template("prod"), "ConfigMap")["user-svc"]["data"]
    front = of_kind(template("everything"), "ConfigMap")["user-svc"]["data"]

    assert found == {"user-svc": "smtp://mail:1025"}
    assert "SMTP_URL" not in in_production
    assert in_production["MAIL_FROM"] == "no-reply@shop.example.com"
    assert front["SHOP_URL"] == "https://shop.example.com"


def test_no_secret_is_in_a_configmap_or_pod_spec(template):
    hidden = re.compile(r"SECRET|PASSWORD|DATABASE_URL|SERVICE_CLIENTS")
    for case in ("default", "prod", "everything"):
        for config in of_kind(template(case), "ConfigMap").values():
            assert not [name for name in config["data"] if hidden.search(name)]
        for _, spec in pods(template(case)).values():
            for container in containers(spec):
                given = {item["name"] for item in container.get("env", [])}
                assert not [name for name in given if hidden.search(name)]


def test_the_test_pod_has_all_variables_of_its_script(template):
    [pod] = of_kind(template(), "Pod").values()
    given = {item["name"] for item in pod["spec"]["containers"][0]["env"]}
    script = of_kind(template(), "ConfigMap")["shop-test"]["data"]["buy.py"]

    assert {f"{name}_URL" for name in re.findall(r'"(\w+_SVC)"', script)} <= given
    assert {"SANDBOX_URL", "PATIENCE"} <= given - set(os.environ)
