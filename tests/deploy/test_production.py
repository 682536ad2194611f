"""The production instructions of docs/operations.md match the chart and the code."""

import json
import os
import re
import shutil

import pytest
import yaml

from chassis.config import Settings
from chassis.db import engine_options
from deploy.copies import shell
from deploy.page import PAGE, blocks, commands, golden, section
from devtools.chart.render import CHART
from devtools.compose import images
from devtools.layout import ROOT, SERVICES, VERSION, version
from payment_svc.models import WebhookEvent

OURS = {"app.kubernetes.io/part-of": "shop"}
WORKERS = {f"{service}-worker" for service in SERVICES}
SURGE = 2  # an upgrade adds one API pod and one worker to a service


@pytest.fixture
def called(tmp_path, monkeypatch):
    """Replace docker and make by scripts that record their calls; return the calls."""
    for name in ("docker", "make"):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho {name} "$@" >>"{tmp_path}/calls"\n')
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return lambda: (tmp_path / "calls").read_text().splitlines()


def test_the_pushed_images_are_the_images_of_the_pods(called, tmp_path):
    shutil.copy(VERSION, tmp_path)
    shell(commands("Install", "make images"), tmp_path)

    wanted = []
    for name in SERVICES:
        [pod] = golden("prod", "Deployment")[name]["spec"]["template"]["spec"][
            "containers"
        ]
        built = images.name(name, version())
        wanted += [f"docker tag {built} {pod['image']}", f"docker push {pod['image']}"]
    assert called() == ["make images", *wanted]


def test_the_last_command_of_a_restore_starts_all_deployments():
    [stopped, started] = re.findall(r"--replicas=(\d+)", section("Restore"))
    [awaited] = re.findall(r"component in \(([\w,]+)\)", section("Restore"))

    scalers = golden("prod", "HorizontalPodAutoscaler")
    deployments = golden("prod", "Deployment")
    pods = [one["spec"]["template"]["metadata"] for one in deployments.values()]
    assert stopped == "0"
    assert {*awaited.split(",")} == {
        pod["labels"]["app.kubernetes.io/component"] for pod in pods
    }
    assert set(scalers) == {
        name for name, one in deployments.items() if "replicas" not in one["spec"]
    }
    assert {one["spec"]["minReplicas"] for one in scalers.values()} == {int(started)}
    assert {deployments[name]["spec"]["replicas"] for name in WORKERS} == {int(started)}
    assert "helm" not in "".join(blocks("sh", "Restore"))


@pytest.mark.parametrize("case", ["prod", "default", "sqlite"])
def test_the_uninstall_commands_delete_all_objects_that_helm_leaves(case):
    [kinds] = re.findall(r"delete ([\w,]+) -l app.kubernetes.io/part-of=shop", PAGE)

    hooks = [
        (kind, name)
        for kind in ("Job", "Pod", "ConfigMap", "Secret", "Service", "Deployment")
        for name, one in golden(case, kind).items()
        if "helm.sh/hook" in one["metadata"].get("annotations", {})
    ]

    kept = [
        (kind, name)
        for kind in ("NetworkPolicy", "Ingress", "Deployment", "Service")
        for name, one in golden(case, kind).items()
        if "helm.sh/resource-policy" in one["metadata"].get("annotations", {})
    ]

    assert hooks
    assert bool(kept) == (case == "prod")
    for kind, name in (*hooks, *kept):
        assert kind.lower() in kinds.split(",")
        assert golden(case, kind)[name]["metadata"]["labels"].items() >= OURS.items()


def test_the_product_of_the_page_has_stock(shop, staff):
    [body] = re.findall(r"-d '(\{\"name\".*\})'", section("Install"))

    product = shop.call(
        "POST", "products", "/products/", staff, json=json.loads(body), expect=201
    )

    assert shop.available(product) > 0


def test_the_page_lists_every_event_that_the_shop_receives(shop, asha, staff):
    lamp = shop.product(staff)
    paid, dropped = shop.order(asha, lamp), shop.order(asha, lamp)
    shop.until_link(asha, dropped)
    shop.call("POST", "orders", f"/orders/{dropped['id']}/cancel/", asha, expect=202)
    shop.until_status(asha, dropped, "cancelled")
    shop.pay(shop.until_link(asha, paid))
    shop.until_status(asha, paid, "success")
    refund = {"amount": "100.00", "reason": "broken"}
    path = f"/orders/{paid['id']}/refund/"
    shop.call("POST", "orders", path, staff, json=refund, expect=202)
    going_live = (ROOT / "docs" / "razorpay.md").read_text(encoding="utf-8")
    assert "razorpay.md#going-live" in PAGE
    names = r"`((?:payment_link|payment|order|refund)\.\w+)`"
    listed = set(re.findall(names, going_live.split("## Rotation")[0]))

    def sent():
        with shop.apps["payments"].app_context() as context:
            db = context.app.extensions["sqlalchemy"]
            return set(db.session.scalars(db.select(WebhookEvent.event)))

    shop.until(lambda: "refund.processed" in sent(), "the refund webhook has arrived")
    assert len(sent()) > 5
    assert sent() <= listed


def test_the_connection_counts_follow_from_the_values():
    rows = re.findall(
        r"\| (\d+) \| (\d+) \| (\d+) \|$", section("Connections to PostgreSQL"), re.M
    )
    defaults = yaml.safe_load((CHART / "values.yaml").read_text())["defaults"]
    production = yaml.safe_load((CHART / "values-prod.yaml").read_text())["defaults"]
    workers = defaults["worker"]["replicas"]
    most = production["api"]["autoscaling"]["maxReplicas"]
    pods = [defaults["api"]["replicas"] + workers, most + workers]

    assert [[int(cell) for cell in row] for row in rows] == [
        [10 * n, 10 * len(SERVICES) * n, 10 * len(SERVICES) * (n + SURGE)] for n in pods
    ]
    assert Settings.db_pool_size == 10


def test_a_login_behind_a_pooler_has_the_same_timeouts():
    settings = Settings(
        database_url="postgresql+psycopg://db/x", secret_key="", public_url=""
    )
    options = engine_options(settings)["connect_args"]["options"]
    wanted = dict(re.findall(r"-c (\w+)=(\w+)", options))

    given = re.findall(r"ALTER ROLE order_svc SET (\w+) = '?(\w+)'?;", PAGE)

    assert dict(given) == wanted
