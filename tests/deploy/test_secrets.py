"""The secrets files that the commands of docs/operations.md write."""

import re
import subprocess
from types import SimpleNamespace

import pytest
import yaml
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import OperationalError

import order_svc.config
import payment_svc.config
import product_svc.config
import user_svc.config
from chassis import env_files
from chassis.db import engine_options
from deploy.copies import shell
from deploy.page import PAGE, commands, golden
from devtools.layout import ROOT, SERVICES
from devtools.local import credentials
from devtools.local.credentials import CLIENTS
from order_svc.clients import Service

SETTINGS = {
    "user-svc": user_svc.config.Settings,
    "product-svc": product_svc.config.Settings,
    "order-svc": order_svc.config.Settings,
    "payment-svc": payment_svc.config.Settings,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Run the commands of the page; return the folder with the four files."""
    made = tmp_path_factory.mktemp("secrets")
    shell(commands("Secrets", "umask"), made)
    return made


@pytest.fixture(scope="module")
def secrets(folder):
    """Return the keys of each service's Secret."""
    return {name: from_env_file(folder / f"{name}.env") for name in SERVICES}


def from_env_file(path):
    """Read a file as `kubectl create secret` does: quotes are part of the value."""
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


def example():
    """Return the line of SERVICE_CLIENTS in `.env.example`."""
    [line] = re.findall(
        r"^#(SERVICE_CLIENTS=.*)", (ROOT / ".env.example").read_text(), re.MULTILINE
    )
    return line


@pytest.mark.parametrize("service", SERVICES)
def test_production_starts_with_the_files_and_the_charts_settings(service, secrets):
    config = golden("prod", "ConfigMap")[service]["data"]

    settings = SETTINGS[service].load({**config, **secrets[service]})

    assert settings.is_production


def test_order_svc_is_a_client_with_the_same_secret(secrets):
    text = secrets["user-svc"]["SERVICE_CLIENTS"]
    [client] = user_svc.config.service_clients(text)

    assert client.client_id == SETTINGS["order-svc"].service_client_id
    assert client.client_secret == secrets["order-svc"]["SERVICE_CLIENT_SECRET"]
    assert {*client.audiences} <= {*CLIENTS[client.client_id][0]}
    assert {*client.scopes} <= {*CLIENTS[client.client_id][1]}


@pytest.mark.parametrize(
    "place", ["operations.md", ".env.example", "k8s", "compose.yaml", "local run"]
)
def test_the_client_has_exactly_the_permissions_that_order_svc_needs(
    place, secrets, tmp_path
):
    (tmp_path / ".env").write_text(example())
    found = {
        "operations.md": secrets["user-svc"],
        ".env.example": env_files.read(tmp_path / ".env"),
        "k8s": from_env_file(ROOT / "k8s/shop/secrets/user-svc.env"),
        "compose.yaml": yaml.safe_load((ROOT / "compose.yaml").read_text())["x-user"],
        "local run": credentials._generate(),
    }
    [client] = user_svc.config.service_clients(found[place]["SERVICE_CLIENTS"])

    assert {*client.audiences} == {one.audience for one in Service.__subclasses__()}
    assert {*client.scopes} == {one.scope for one in Service.__subclasses__()}


@pytest.mark.parametrize("service", SERVICES)
def test_every_key_of_a_file_is_in_the_table(service, secrets):
    rows = re.findall(r"^\| (`[A-Z].*?) \| (.*?) \|", PAGE, re.MULTILINE)
    services = {
        name: text for names, text in rows for name in re.findall(r"\w+", names)
    }

    for key in secrets[service]:
        assert service in services[key] or services[key].startswith("each service")


@pytest.mark.parametrize("service", SERVICES)
def test_sqlalchemy_and_libpq_read_the_same_password(service, secrets):
    address = secrets[service]["DATABASE_URL"]

    password = make_url(address).password

    assert password.isalnum()
    assert conninfo_to_dict(address)["password"] == password


def test_all_secrets_differ_and_their_files_are_private(folder, secrets):
    found = [text for keys in secrets.values() for text in keys.values()]
    files = [folder / f"{name}.env" for name in SERVICES]

    assert len(found) - len(set(found)) == 0
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


@pytest.mark.parametrize("service", SERVICES)
def test_git_ignores_the_files_that_the_page_writes(service):
    files = {f"{service}.env", f"{service}.dump", f"backup/{service}.db"}
    files.add("production.yaml")
    command = ["git", "check-ignore", "--no-index", *files]

    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert {*done.stdout.split()} == files


@pytest.mark.parametrize("service", SERVICES)
def test_a_database_without_encryption_is_rejected(service, secrets, databases):
    if not databases.server:
        pytest.skip("SQLite uses no network connection")
    query = make_url(secrets[service]["DATABASE_URL"]).query
    plain = make_url(databases.server).update_query_dict(query)
    address = plain.render_as_string(hide_password=False)
    settings = SimpleNamespace(database_url=address, db_pool_size=1)
    engine = create_engine(address, **engine_options(settings))

    with pytest.raises(OperationalError, match="SSL was required"):
        engine.connect()

    engine.dispose()
