"""Services of another release are found, reached and let in; nobody else is."""

import pytest

from chart.objects import of_kind
from devtools.chart import render
from devtools.chart.render import CASES, Refused

PEER = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "other"}}}
IN_OTHER = (
    "networkPolicy.services.to[0].namespaceSelector.matchLabels"
    r".kubernetes\.io/metadata\.name=other"
)


def away(service):
    """Return the settings of a release whose service is in the namespace `other`."""
    here = f"services.{service}.enabled=false"
    return here, f"services.{service}.url=http://{service}.other", IN_OTHER


def peers(documents, name, direction):
    """Return the peers of a policy with their ports, as texts to be searched."""
    rules = of_kind(documents, "NetworkPolicy")[name]["spec"][direction]
    return [
        (peer, [port["port"] for port in rule["ports"]])
        for rule in rules
        for peer in rule["to" if direction == "egress" else "from"]
    ]


@pytest.mark.parametrize("caller", ["product-svc", "order-svc-worker", "payment-svc"])
def test_a_caller_finds_and_reaches_it_there_and_not_here(template, caller):
    documents = template("default", *away("user-svc"))

    settings = of_kind(documents, "ConfigMap")[caller.removesuffix("-worker")]["data"]
    assert settings["USER_SVC_URL"] == "http://user-svc.other"
    assert (PEER, [8000]) in peers(documents, caller, "egress")
    assert "'user-svc'" not in str(peers(documents, caller, "egress"))


def test_a_caller_that_is_there_is_let_in_where_it_calls_alone(template):
    documents = template("default", "services.order-svc.enabled=false", IN_OTHER)

    for callee in ("user-svc", "product-svc"):
        assert (PEER, ["http"]) in peers(documents, callee, "ingress")
        assert "'order-svc'" not in str(peers(documents, callee, "ingress"))
    assert PEER not in [peer for peer, _ in peers(documents, "payment-svc", "ingress")]


def test_where_all_are_here_the_peers_of_elsewhere_get_nothing(template):
    assert template("default", IN_OTHER) == template()


REFUSED = {
    "nowhere": (
        ("services.user-svc.enabled=false",),
        "set services.user-svc.url to where it is, or services.user-svc.enabled to",
    ),
    "behind the policies": (
        away("product-svc")[:2],
        "set networkPolicy.services.to to the peers that are there",
    ),
    "more apis at least than at most": (
        (
            "services.order-svc.api.autoscaling.enabled=true",
            "services.order-svc.api.autoscaling.minReplicas=7",
        ),
        "order-svc: api.autoscaling.minReplicas is 7, more than maxReplicas, 6",
    ),
    "more workers at least than at most": (
        ("keda.enabled=true", "keda.minReplicas=11"),
        "keda.minReplicas is 11, more than maxReplicas, 10",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_work_is_refused_with_what_to_change(each_helm, what):
    sets, sentence = REFUSED[what]

    with pytest.raises(Refused) as refused:
        render.template(each_helm, CASES["default"], sets)

    assert sentence in str(refused.value)


def test_without_policies_nobody_need_say_who_is_let_through(template):
    assert template("default", *away("user-svc")[:2], "networkPolicy.enabled=false")


def test_what_nobody_here_calls_may_be_nowhere(template):
    assert template("default", "services.order-svc.enabled=false")
