"""`.env.example` lists the settings and their defaults."""

import importlib
import re
from dataclasses import fields

import pytest

import razorpay_sandbox.config
from chassis import env_files
from devtools import layout

EXAMPLE = layout.ROOT / ".env.example"


def documented():
    """Return the names in the example, whether they are set or commented out."""
    return set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", EXAMPLE.read_text(), re.MULTILINE))


@pytest.mark.parametrize("service", layout.SERVICES)
def test_every_setting_of_a_service_is_in_the_example(service):
    config = importlib.import_module(f"{layout.module(service)}.config")
    settings = (f for f in fields(config.Settings) if "parse" in f.metadata)

    assert {field.name.upper() for field in settings} - documented() == set()


def test_every_setting_of_the_sandbox_and_of_the_runner_is_in_the_example():
    sandbox = {*razorpay_sandbox.config.SECRETS, *razorpay_sandbox.config.DEFAULTS}
    ports = {port.variable for port in layout.PORTS.values()}

    assert (sandbox | ports) - documented() == set()


def test_every_port_of_compose_is_in_the_example():
    text = (layout.ROOT / "compose.yaml").read_text()
    ports = set(re.findall(r"\$\{(\w+):-", text))

    assert {"GATEWAY_PORT", "POSTGRES_PORT"} <= ports
    assert ports - documented() == set()


def test_the_example_as_it_is_sets_nothing_and_can_be_read_when_uncommented(tmp_path):
    assert env_files.read(EXAMPLE) == {}

    lines = EXAMPLE.read_text().splitlines()
    path = tmp_path / ".env"
    path.write_text("\n".join(re.sub(r"^#(?=[A-Z])", "", line) for line in lines))
    assert set(env_files.read(path)) == documented()
