"""Services of other releases: URLs, NetworkPolicies and validation."""

import pytest

from chart.objects import of_kind
from devtools.chart import render
from devtools.chart.render import CASES, Refused

PEER = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "other"}}}
IN_OTHER = (
    "networkPolicy.services.to[0].namespaceSelector.matchLabels"
    r".kubernetes\.io/metadata\.name=other"
)


def external(service):
    """Return the options of a release that uses a service in the namespace `other`."""
    disabled = f"services.{service}.enabled=false"
    return disabled, f"services.{service}.url=http://{service}.other", IN_OTHER


def peers(documents, name, direction):
    """Return the peers of a policy with their ports."""
    rules = of_kind(documents, "NetworkPolicy")[name]["spec"][direction]
    return [
        (peer, [port["port"] for port in rule["ports"]])
        for rule in rules
        for peer in rule["to" if direction == "egress" else "from"]
    ]


@pytest.mark.parametrize("caller", ["product-svc", "order-svc-worker", "payment-svc"])
def test_a_caller_may_connect_only_to_the_external_service(template, caller):
    documents = template("default", *external("user-svc"))

    settings = of_kind(documents, "ConfigMap")[caller.removesuffix("-worker")]["data"]
    assert settings["USER_SVC_URL"] == "http://user-svc.other"
    assert (PEER, [8000]) in peers(documents, caller, "egress")
    assert "'user-svc'" not in str(peers(documents, caller, "egress"))


def test_an_external_caller_may_connect_only_to_the_services_it_calls(template):
    documents = template("default", "services.order-svc.enabled=false", IN_OTHER)

    for callee in ("user-svc", "product-svc"):
        assert (PEER, ["http"]) in peers(documents, callee, "ingress")
        assert "'order-svc'" not in str(peers(documents, callee, "ingress"))
    assert PEER not in [peer for peer, _ in peers(documents, "payment-svc", "ingress")]


def test_without_external_services_their_peers_have_no_effect(template):
    assert template("default", IN_OTHER) == template()


INVALID = {
    "a called service that is disabled": (
        ("services.user-svc.enabled=false",),
        "set services.user-svc.url to its URL, or services.user-svc.enabled to",
    ),
    "an external service without peers": (
        external("product-svc")[:2],
        "set networkPolicy.services.to to the peers of that service",
    ),
    "a minimum of APIs above the maximum": (
        (
            "services.order-svc.api.autoscaling.enabled=true",
            "services.order-svc.api.autoscaling.minReplicas=7",
        ),
        "order-svc: api.autoscaling.minReplicas (7) is greater than maxReplicas (6)",
    ),
    "a minimum of workers above the maximum": (
        ("keda.enabled=true", "keda.minReplicas=11"),
        "keda.minReplicas (11) is greater than maxReplicas (10)",
    ),
}


@pytest.mark.parametrize("what", INVALID)
def test_conflicting_values_are_rejected_with_a_solution(each_helm, what):
    sets, sentence = INVALID[what]

    with pytest.raises(Refused) as refused:
        render.template(each_helm, CASES["default"], sets)

    assert sentence in str(refused.value)


def test_without_network_policies_no_peers_are_needed(template):
    assert template("default", *external("user-svc")[:2], "networkPolicy.enabled=false")


def test_a_service_that_is_not_called_needs_no_url(template):
    assert template("default", "services.order-svc.enabled=false")
