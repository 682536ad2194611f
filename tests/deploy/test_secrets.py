"""The files of secrets on docs/operations.md, as its own commands write them."""

import re
import subprocess
from types import SimpleNamespace

import pytest
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
    """Return the folder in which the page's commands wrote the four files."""
    made = tmp_path_factory.mktemp("secrets")
    shell(commands("Secrets", "umask"), made)
    return made


@pytest.fixture(scope="module")
def secrets(folder):
    """Return `{service: the keys of its Secret}`."""
    return {name: from_env_file(folder / f"{name}.env") for name in SERVICES}


def from_env_file(path):
    """Read a file as `kubectl create secret` does: a quote is a part of the value."""
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


def example():
    """Return the line of `.env.example`, whose values may stand in quotes."""
    [line] = re.findall(
        r"^#(SERVICE_CLIENTS=.*)", (ROOT / ".env.example").read_text(), re.MULTILINE
    )
    return line


@pytest.mark.parametrize("service", SERVICES)
def test_production_starts_with_the_files_and_the_charts_settings(service, secrets):
    config = golden("prod", "ConfigMap")[service]["data"]

    settings = SETTINGS[service].load({**config, **secrets[service]})

    assert settings.is_production


def test_order_svc_is_a_client_with_its_own_secret(secrets):
    text = secrets["user-svc"]["SERVICE_CLIENTS"]
    [client] = user_svc.config.service_clients(text)

    assert client.client_id == SETTINGS["order-svc"].service_client_id
    assert client.client_secret == secrets["order-svc"]["SERVICE_CLIENT_SECRET"]
    assert {*client.audiences} <= {*CLIENTS[client.client_id][0]}
    assert {*client.scopes} <= {*CLIENTS[client.client_id][1]}


@pytest.mark.parametrize("place", ["operations.md", ".env.example"])
def test_the_client_may_do_what_order_svc_asks_for_and_no_more(
    place, secrets, tmp_path
):
    (tmp_path / ".env").write_text(example())
    found = {
        "operations.md": secrets["user-svc"],
        ".env.example": env_files.read(tmp_path / ".env"),
    }
    [client] = user_svc.config.service_clients(found[place]["SERVICE_CLIENTS"])

    assert {*client.audiences} == {one.audience for one in Service.__subclasses__()}
    assert {*client.scopes} == {one.scope for one in Service.__subclasses__()}


@pytest.mark.parametrize("service", SERVICES)
def test_every_key_of_a_file_is_in_the_table(service, secrets):
    rows = re.findall(r"^\| (`[A-Z].*?) \| (.*?) \|", PAGE, re.MULTILINE)
    known = {name: who for names, who in rows for name in re.findall(r"\w+", names)}

    for key in secrets[service]:
        assert service in known[key] or known[key].startswith("each service")


@pytest.mark.parametrize("service", SERVICES)
def test_the_services_and_libpq_read_the_same_password(service, secrets):
    address = secrets[service]["DATABASE_URL"]

    password = make_url(address).password

    assert password.isalnum()
    assert conninfo_to_dict(address)["password"] == password


def test_no_two_secrets_are_the_same_and_none_is_for_others_eyes(folder, secrets):
    found = [text for keys in secrets.values() for text in keys.values()]
    files = [folder / f"{name}.env" for name in SERVICES]

    assert len(found) - len(set(found)) == 0
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


@pytest.mark.parametrize("service", SERVICES)
def test_git_leaves_alone_what_the_page_writes_in_the_folder(service):
    files = {f"{service}.env", f"{service}.dump", f"backup/{service}.db"}
    files.add("production.yaml")
    asked = ["git", "check-ignore", "--no-index", *files]

    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)

    assert {*done.stdout.split()} == files


@pytest.mark.parametrize("service", SERVICES)
def test_a_database_that_does_not_encrypt_is_refused(service, secrets, databases):
    if not databases.server:
        pytest.skip("SQLite is reached over no network")
    wish = make_url(secrets[service]["DATABASE_URL"]).query
    plain = make_url(databases.server).update_query_dict(wish)
    address = plain.render_as_string(hide_password=False)
    settings = SimpleNamespace(database_url=address, db_pool_size=1)
    engine = create_engine(address, **engine_options(settings))

    with pytest.raises(OperationalError, match="SSL was required"):
        engine.connect()

    engine.dispose()
