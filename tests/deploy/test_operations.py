"""Every command, setting, value and metric in docs/operations.md exists."""

import re
from functools import cache, reduce

import pytest
import yaml
from prometheus_client import REGISTRY

import order_svc
import payment_svc
import product_svc
import user_svc
from deploy.page import PAGE, blocks
from devtools.layout import ROOT
from devtools.testkit.plugin import SECRET

APPS = {
    app.__name__: app.create_app
    for app in (user_svc, product_svc, order_svc, payment_svc)
}
COMMANDS = "\n".join(blocks("sh"))


@cache
def values():
    return yaml.safe_load((ROOT / "helm/shop/values.yaml").read_text())


def names(pattern, text=PAGE):
    """Return the distinct matches of a pattern, sorted."""
    found = sorted(set(re.findall(pattern, text)))
    assert found, f"the page has no match of {pattern}"
    return found


TARGETS = {*names(r"\bmake ([a-z-]+)", COMMANDS), *names(r"`make ([a-z-]+)")}


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_the_make_target_exists(target):
    assert re.search(
        rf"^{target}: .*## ", (ROOT / "Makefile").read_text(), re.MULTILINE
    )


@pytest.mark.parametrize(
    ("module", "words"), names(r"--app (\w+):create_app ([a-z]+(?: create-\w+)?)")
)
def test_the_flask_command_exists(make_app, module, words):
    app = make_app(APPS[module], **secrets_of(module))

    shown = app.test_cli_runner().invoke(args=[*words.split(), "--help"])

    assert shown.exit_code == 0, shown.output


def secrets_of(module):
    """Return the secrets that a service needs in addition to the common ones."""
    return {
        "user_svc": {"SIGNING_KEY_SECRET": SECRET},
        "order_svc": {"SERVICE_CLIENT_SECRET": SECRET},
        "payment_svc": {
            "RAZORPAY_KEY_ID": "rzp_test_operations",
            "RAZORPAY_KEY_SECRET": SECRET,
            "RAZORPAY_WEBHOOK_SECRET": SECRET,
        },
    }[module]


@pytest.mark.parametrize("setting", names(r"`([A-Z]+_[A-Z_]+)`"))
def test_the_setting_exists(setting):
    known = (ROOT / ".env.example").read_text()
    assert f"#{setting}=" in known


VALUES = names(rf"`((?:{'|'.join(values())})(?:\.[\w<>-]+)*)`")


@pytest.mark.parametrize("value", VALUES)
def test_the_chart_value_exists(value):
    path = value.replace("<service>", "order-svc").split(".")
    if path[0] == "services":  # values of the service, and those of `defaults`
        service = {**values()["defaults"], **values()["services"][path[1]]}
        image = {**values()["defaults"]["image"], **service["image"]}
        found, path = {**service, "image": image}, path[2:]
    else:
        found = values()
    if "config" in path:
        *path, setting = path
        test_the_setting_exists(setting)

    reduce(lambda node, name: node[name], path, found)


def test_no_value_is_set_on_the_command_line():
    assert re.findall(r"--set[ =][\w-]+\.", PAGE) == []


def leaves(found, before=""):
    """Return the paths of all values in a values file."""
    if not isinstance(found, dict) or before.endswith("annotations"):
        return [before]
    return [
        path
        for name, value in found.items()
        for path in leaves(value, f"{before}.{name}" if before else name)
    ]


@pytest.mark.parametrize("text", blocks("yaml"))
def test_every_value_of_a_values_file_exists(text):
    for value in leaves(yaml.safe_load(text)):
        test_the_chart_value_exists(value)


README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize(
    "folder", names(r"kubectl (?:apply|delete) -k ([\w/]+)", PAGE + README)
)
def test_the_folder_of_manifests_exists(folder):
    assert (ROOT / folder / "kustomization.yaml").is_file()


@pytest.mark.parametrize("metric", names(r"`(http_\w+)`"))
def test_the_metric_exists(metric):
    exposed = {
        sample
        for family in REGISTRY.collect()
        for sample in (f"{family.name}_total", f"{family.name}_bucket")
    }
    assert metric in exposed


@pytest.mark.parametrize("path", names(r"\]\(([\w./-]+\.md)"))
def test_the_linked_page_exists(path):
    assert (ROOT / "docs" / path).is_file()


@pytest.mark.parametrize("anchor", names(r"\]\(#([\w-]+)"))
def test_the_linked_heading_exists(anchor):
    titles = re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)
    assert anchor in {title.lower().replace(" ", "-") for title in titles}
