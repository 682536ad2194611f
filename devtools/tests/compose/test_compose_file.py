"""The rules of compose.yaml that can be checked without Docker."""

import importlib
import json
import re

import pytest
import yaml
from compose_spec import PyCompose

from chassis.config import ConfigError
from devtools import layout
from devtools.local import credentials

TEXT = (layout.ROOT / "compose.yaml").read_text()
MARK = "development-only"
SECRET = re.compile(r"PASSWORD|SECRET|SERVICE_CLIENTS|DATABASE_URL")
OURS = re.compile(r"shop/(.*):dev")


def read(text):
    """Return a compose file as a dictionary, every variable at its default."""
    return yaml.safe_load(re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text))


def check(spec):
    """Raise ValueError when the specification of compose files forbids it."""
    PyCompose.from_json(json.dumps(spec)).validate()


SERVICES = read(TEXT)["services"]
OWN = {name: one for name, one in SERVICES.items() if OURS.fullmatch(one["image"])}


def settings(service):
    """Return the Settings class of a service."""
    return importlib.import_module(f"{layout.module(service)}.config").Settings


def test_it_is_as_the_specification_wants_it():
    check(read(TEXT))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("restart: unless-stopped", "restrat: unless-stopped"),
        ("condition: service_healthy", "condition: healthy"),
        ("interval: 2s", "interval: often"),
    ],
)
def test_the_specification_would_notice_a_mistake(right, wrong):
    assert right in TEXT

    with pytest.raises(ValueError, match=r"."):
        check(read(TEXT.replace(right, wrong)))


@pytest.mark.parametrize("service", layout.SERVICES)
def test_its_settings_are_right_for_development(service):
    assert settings(service).load(SERVICES[service]["environment"]).service == service


@pytest.mark.parametrize("service", layout.SERVICES)
def test_production_refuses_each_of_its_secrets(service):
    environ = SERVICES[service]["environment"]
    secrets = {name for name in environ if SECRET.search(name)}

    with pytest.raises(ConfigError) as refused:
        settings(service).load({**environ, "APP_ENV": "production"})

    named = {problem.partition(":")[0] for problem in refused.value.problems}
    assert {"SECRET_KEY", "DATABASE_URL"} <= secrets <= named


def test_every_service_may_call_what_it_may_call_in_a_local_run():
    found = json.loads(SERVICES["user-svc"]["environment"]["SERVICE_CLIENTS"])

    rights = {c["client_id"]: (c["audiences"], c["scopes"]) for c in found}
    assert rights == credentials.CLIENTS
    for client in found:
        environ = SERVICES[client["client_id"]]["environment"]
        given = environ.get("SERVICE_CLIENT_SECRET", client["client_secret"])
        assert given == client["client_secret"]


@pytest.mark.parametrize("service", layout.SERVICES)
def test_a_services_login_is_the_one_that_the_server_makes(service):
    name = layout.module(service)
    script = (layout.ROOT / "docker" / "databases.sql").read_text()

    [password] = re.findall(rf"ROLE {name} LOGIN PASSWORD '(.*)'", script)

    address = f"postgresql://{name}:{password}@postgres/{name}"
    assert SERVICES[service]["environment"]["DATABASE_URL"] == address


@pytest.mark.parametrize("name", OWN)
def test_our_containers_can_change_nothing_and_may_do_nothing(name):
    one = OWN[name]

    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_cannot_use_up_the_machine(name):
    one = SERVICES[name]

    assert re.fullmatch(r"(128|256|512)m|1g", one["mem_limit"])
    assert one["cpus"] <= 2
    assert one["pids_limit"] <= 512
    assert one["logging"]["options"] == {"max-size": "10m", "max-file": "3"}
    assert all("size=" in place for place in one.get("tmpfs", []))


def test_worker_and_migrations_are_the_services_image_with_its_settings():
    for service in layout.SERVICES:
        for name in (f"{service}-worker", f"{service}-migrate"):
            for key in ("image", "environment"):
                assert SERVICES[name][key] == SERVICES[service][key]


def test_every_port_is_bound_to_this_machine():
    ports = [port for one in SERVICES.values() for port in one.get("ports", [])]

    assert len(ports) >= len(layout.SERVICES) + 3
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_no_image_is_of_a_version_that_moves():
    assert all(":" in one["image"] for one in SERVICES.values())
    assert not [one["image"] for one in SERVICES.values() if "latest" in one["image"]]
