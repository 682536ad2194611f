"""Deployments, scaling, ingress and Secrets of each service."""

import json
import re

import pytest

from chart.objects import of_kind, pods
from devtools.chart.render import CASES, CHART, run
from devtools.layout import PORTS, PREFIXES, SERVICES
from order_svc import consumers as orders
from payment_svc import consumers as payments

QUEUES = {"order-svc": orders.CONSUMERS, "payment-svc": payments.CONSUMERS}


def changed(before, after):
    """Return the kinds and names of objects that differ."""
    old, new = (
        {(d["kind"], d["metadata"]["name"]): json.dumps(d) for d in documents}
        for documents in (before, after)
    )
    return {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}


def test_a_new_tag_of_a_service_changes_only_that_service(template):
    after = template("default", "services.product-svc.image.tag=0.2.0")

    assert changed(template(), after) == {
        ("Deployment", "product-svc"),
        ("Deployment", "product-svc-worker"),
        ("Job", "product-svc-seed"),
    }


def test_a_changed_setting_restarts_only_that_service(template):
    after = template("default", "services.order-svc.config.LOG_LEVEL=DEBUG")

    assert changed(template(), after) == {
        ("ConfigMap", "order-svc"),
        ("Deployment", "order-svc"),
        ("Deployment", "order-svc-worker"),
    }


@pytest.mark.parametrize("service", SERVICES)
def test_a_disabled_service_has_no_objects(template, service):
    off = f"services.{service}.enabled=false"
    there = f"services.{service}.url=http://{service}.other"
    documents = template("everything", off, there, "networkPolicy.enabled=false")

    left = {
        (d["kind"], d["metadata"]["name"])
        for d in documents
        if d["metadata"]["labels"]["app.kubernetes.io/name"] == service
    }
    assert left == set()
    for name in set(SERVICES) - {service}:
        assert f"Deployment {name}" in pods(documents)
    assert not of_kind(documents, "Pod"), "helm test needs all four"


def test_a_service_can_override_the_defaults(template):
    sets = ("services.user-svc.api.replicas=0", "services.user-svc.api.threads=4")
    documents = template("default", *sets)

    deployments = of_kind(documents, "Deployment")
    assert deployments["user-svc"]["spec"]["replicas"] == 0
    assert deployments["order-svc"]["spec"]["replicas"] == 2
    settings = of_kind(documents, "ConfigMap")
    assert settings["user-svc"]["data"]["WEB_THREADS"] == "4"
    assert settings["order-svc"]["data"]["WEB_THREADS"] == "8"


def test_an_autoscaled_api_sets_no_replicas(template):
    documents = template("kind")
    scalers = of_kind(documents, "HorizontalPodAutoscaler")
    deployments = of_kind(documents, "Deployment")

    assert set(scalers) == set(SERVICES)
    for name, scaler in scalers.items():
        assert scaler["spec"]["scaleTargetRef"]["name"] == name
        assert "replicas" not in deployments[name]["spec"]
        assert deployments[f"{name}-worker"]["spec"]["replicas"] == 2
        spec = deployments[name]["spec"]["template"]["spec"]
        assert "cpu" in spec["containers"][0]["resources"]["requests"]


def test_keda_scales_a_worker_by_the_queue_it_reads(template):
    documents = template("everything")
    scaled = of_kind(documents, "ScaledObject")
    identities = of_kind(documents, "TriggerAuthentication")

    assert set(scaled) == {f"{service}-worker" for service in QUEUES}
    for service, consumed in QUEUES.items():
        spec = scaled[f"{service}-worker"]["spec"]
        [trigger] = spec["triggers"]
        assert [trigger["metadata"]["queueURL"]] == list(consumed)
        assert trigger["authenticationRef"]["name"] in identities
        deployment = of_kind(documents, "Deployment")[f"{service}-worker"]
        assert spec["scaleTargetRef"]["name"] == deployment["metadata"]["name"]
        assert "replicas" not in deployment["spec"]


def test_services_select_their_apis_and_monitors_select_their_services(template):
    documents = template("everything")
    services = of_kind(documents, "Service")
    found = pods(documents)

    for name in SERVICES:
        labels, spec = found[f"Deployment {name}"]
        assert services[name]["spec"]["selector"].items() <= labels.items()
        [port] = services[name]["spec"]["ports"]
        named = {p["name"] for p in spec["containers"][0]["ports"]}
        assert port["targetPort"] in named
        monitor = of_kind(documents, "ServiceMonitor")[name]["spec"]
        chosen = monitor["selector"]["matchLabels"].items()
        assert chosen <= services[name]["metadata"]["labels"].items()
        assert monitor["endpoints"][0]["port"] == port["name"]


def paths(documents):
    """Return the backend of each path of the ingress."""
    [rule] = of_kind(documents, "Ingress")["shop"]["spec"]["rules"]
    return {
        (path["path"], path["pathType"]): path["backend"]["service"]["name"]
        for path in rule["http"]["paths"]
    }


def test_the_ingress_exposes_the_apis_without_reservations(template):
    documents = template("prod")

    assert paths(documents) == {
        **{(prefix, "Prefix"): name for name, prefix in PREFIXES.items()},
        # ingress-nginx (strict-validate-path-type) rejects a dot in an Exact path.
        ("/.well-known/jwks.json", "ImplementationSpecific"): "user-svc",
        ("/products/reservations", "Prefix"): "shop-closed",
    }
    assert "selector" not in of_kind(documents, "Service")["shop-closed"]["spec"]


def test_the_route_exposes_the_apis_without_reservations(template):
    rules = of_kind(template("everything"), "HTTPRoute")["shop"]["spec"]["rules"]

    backends = {
        match["path"]["value"]: [ref["name"] for ref in rule.get("backendRefs", [])]
        for rule in rules
        for match in rule["matches"]
    }
    assert backends == {
        **{prefix: [name] for name, prefix in PREFIXES.items()},
        "/.well-known/jwks.json": ["user-svc"],
        "/products/reservations": [],
    }


def test_the_ingress_terminates_https_with_a_requested_certificate(template):
    ingress = of_kind(template("prod"), "Ingress")["shop"]

    annotations = ingress["metadata"]["annotations"]
    assert annotations["cert-manager.io/cluster-issuer"] == "letsencrypt"
    assert annotations["nginx.ingress.kubernetes.io/force-ssl-redirect"] == "true"
    [tls] = ingress["spec"]["tls"]
    assert tls == {"hosts": ["shop.example.com"], "secretName": "shop-tls"}
    for name in SERVICES:
        settings = of_kind(template("prod"), "ConfigMap")[name]["data"]
        assert settings["PUBLIC_URL"] == "https://shop.example.com"
        assert settings["BEHIND_TLS"] == "true"


def test_annotations_of_the_values_override_the_defaults(helm):
    size = "nginx.ingress.kubernetes.io/proxy-body-size"
    own = "ingress.annotations." + size.replace(".", r"\.")
    values = [word for path in CASES["prod"] for word in ("--values", path)]
    words = ("template", "shop", CHART, *values)

    usual, changed = run(helm, *words), run(helm, *words, "--set", f"{own}=8m")

    # Search the text, because a YAML parser would ignore a duplicate key.
    assert re.findall(rf"{size}: (.*)", usual) == ["51m"]
    assert re.findall(rf"{size}: (.*)", changed) == ["8m"]
    assert "cert-manager.io/cluster-issuer: letsencrypt" in changed


def test_links_use_the_first_host_of_the_route(template):
    route = ("httpRoute.enabled=true", "httpRoute.parentRefs[0].name=public")
    host = "httpRoute.hostnames={a.example.com,b.example.com}"
    for case in ("default", "prod"):
        documents = template(case, "ingress.enabled=false", *route, host)
        for name in SERVICES:
            settings = of_kind(documents, "ConfigMap")[name]["data"]
            assert settings["PUBLIC_URL"] == "https://a.example.com"
            assert settings["BEHIND_TLS"] == "true"


def test_a_service_trusts_its_names_in_the_cluster_and_every_public_host(template):
    route = ("httpRoute.enabled=true", "httpRoute.parentRefs[0].name=public")
    hosts = "httpRoute.hostnames={a.example.com,b.example.com}"
    more = "services.user-svc.config.TRUSTED_HOSTS=tunnel.example.com"
    documents = template("default", *route, hosts, more)

    found = of_kind(documents, "ConfigMap")
    own = [f"user-svc.shop{suffix}" for suffix in ("", ".svc", ".svc.cluster.local")]
    public = ["a.example.com", "b.example.com"]
    trusted = found["user-svc"]["data"]["TRUSTED_HOSTS"].split(",")
    assert trusted == [*own, *public, "tunnel.example.com"]
    assert "b.example.com" in found["order-svc"]["data"]["TRUSTED_HOSTS"]


def test_without_an_ingress_links_use_the_urls_of_a_local_run(template):
    for name in SERVICES:
        settings = of_kind(template(), "ConfigMap")[name]["data"]
        assert settings["PUBLIC_URL"] == f"http://127.0.0.1:{PORTS[name].usual}"
        assert settings["BEHIND_TLS"] == "false"


def test_external_secrets_create_the_secrets_of_the_pods(template):
    stored = of_kind(template("everything"), "ExternalSecret")

    assert {d["spec"]["target"]["name"] for d in stored.values()} == {
        f"{name}-development" for name in SERVICES
    }
    keys = {d["spec"]["dataFrom"][0]["extract"]["key"] for d in stored.values()}
    assert keys == {f"shop/{name}" for name in SERVICES}


@pytest.mark.parametrize("case", ["default", "prod", "everything"])
def test_the_chart_creates_no_secret(template, case):
    assert not of_kind(template(case), "Secret")


def test_demo_data_is_created_after_the_installation_but_not_in_production(template):
    jobs = of_kind(template(), "Job")

    assert set(jobs) == {"user-svc-seed", "product-svc-seed"}
    for job in jobs.values():
        hooks = job["metadata"]["annotations"]["helm.sh/hook"]
        assert hooks == "post-install,post-upgrade"
    assert not of_kind(template("prod"), "Job")
