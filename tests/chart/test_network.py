"""The NetworkPolicies allow exactly the connections of ARCHITECTURE.md."""

import itertools

import pytest

from chart.objects import of_kind, pods
from devtools.layout import SANDBOX, SERVICES

# (caller, callee), as in ARCHITECTURE.md.
HTTP = {
    ("product-svc", "user-svc"),
    ("order-svc", "user-svc"),
    ("payment-svc", "user-svc"),
    ("order-svc", "product-svc"),
}
QUEUE_READERS = {"order-svc", "payment-svc"}
OTHER_POD = {"app.kubernetes.io/name": "other"}


class Network:
    """Evaluates the NetworkPolicies of a namespace.

    A pod that no policy selects for a direction is open in that direction.
    """

    def __init__(self, documents):
        self.policies = list(of_kind(documents, "NetworkPolicy").values())
        self.pods = {name: labels for name, (labels, _) in pods(documents).items()}

    def reaches(self, source, target, port):
        """Return whether a pod may connect to another; pods are given by labels."""
        may_leave = self._allows("egress", source, target, port)
        return may_leave and self._allows("ingress", target, source, port)

    def _allows(self, direction, pod, other, port):
        policies = [
            policy["spec"]
            for policy in self.policies
            if direction.capitalize() in policy["spec"]["policyTypes"]
            and selects(policy["spec"]["podSelector"], pod)
        ]
        rules = itertools.chain.from_iterable(p.get(direction, []) for p in policies)
        return not policies or any(
            self._fits(rule, direction, other, port) for rule in rules
        )

    def _fits(self, rule, direction, other, port):
        ports = {p["port"] for p in rule["ports"]}
        everybody = [{"podSelector": {"matchLabels": {}}}]
        peers = rule.get("to" if direction == "egress" else "from", everybody)
        named = "http" if port == 8000 else port
        return ports & {port, named} and any(is_peer(peer, other) for peer in peers)


def selects(selector, labels):
    """Return whether a selector matches labels."""
    return selector.get("matchLabels", {}).items() <= labels.items()


def is_peer(peer, labels):
    """Return whether a peer is a pod with these labels in the same namespace."""
    assert set(peer) <= {"podSelector", "namespaceSelector", "ipBlock"}
    return set(peer) == {"podSelector"} and selects(peer["podSelector"], labels)


@pytest.fixture(scope="module")
def network(template, manifests):
    """Return the pods and policies of the chart and of k8s/."""
    return Network([*template(), *manifests])


def pod_of(service, component="api"):
    """Return the name of a pod of a service, as in Network.pods."""
    return f"Deployment {service}{'' if component == 'api' else f'-{component}'}"


def test_only_the_http_calls_of_the_architecture_are_allowed(network):
    reached = {
        (caller, callee)
        for caller, callee in itertools.permutations(SERVICES, 2)
        for component in ("api", "worker")
        if network.reaches(
            network.pods[pod_of(caller, component)], network.pods[pod_of(callee)], 8000
        )
    }

    assert reached == HTTP


@pytest.mark.parametrize("service", SERVICES)
def test_no_pod_can_connect_to_a_worker(network, service):
    worker = network.pods[pod_of(service, "worker")]

    for labels in [*network.pods.values(), OTHER_POD]:
        assert not network.reaches(labels, worker, 8000)


def test_only_the_two_workers_can_connect_to_the_queue(network):
    queue = network.pods["Deployment localstack"]

    reached = {
        name
        for name, labels in network.pods.items()
        if labels["app.kubernetes.io/name"] in SERVICES
        and network.reaches(labels, queue, 4566)
    }
    assert reached == {pod_of(service, "worker") for service in QUEUE_READERS}


def test_keda_can_connect_to_the_queue_of_its_triggers(template, manifests):
    [endpoint] = {
        scaled["spec"]["triggers"][0]["metadata"]["awsEndpoint"]
        for scaled in of_kind(template("everything"), "ScaledObject").values()
    }
    policy = of_kind(manifests, "NetworkPolicy")["localstack"]

    assert endpoint == "http://localstack.shop.svc:4566"
    [rule] = policy["spec"]["ingress"]
    labels = {"kubernetes.io/metadata.name": "keda"}
    assert {"namespaceSelector": {"matchLabels": labels}} in rule["from"]
    assert [port["port"] for port in rule["ports"]] == [4566]


def test_only_queue_readers_can_connect_to_the_pod_identity_agent(template):
    agent = "169.254.170.23/32"
    where = "networkPolicy.podIdentity.to[0].ipBlock.cidr"
    policies = of_kind(template("prod", f"{where}={agent}"), "NetworkPolicy")

    allowed = {
        (name, peer["ipBlock"]["cidr"])
        for name, policy in policies.items()
        for rule in policy["spec"].get("egress", [])
        for peer in rule["to"]
        if 80 in [port["port"] for port in rule["ports"]]
    }
    assert allowed == {(f"{service}-worker", agent) for service in QUEUE_READERS}


def test_on_sqlite_the_pod_of_each_reader_can_connect_to_the_queue(template, manifests):
    network = Network([*template("sqlite"), *manifests])
    queue = network.pods["Deployment localstack"]

    reached = {
        s for s in SERVICES if network.reaches(network.pods[pod_of(s)], queue, 4566)
    }
    assert reached == QUEUE_READERS


def test_only_the_worker_of_user_svc_can_connect_to_the_mail_server(network):
    mail = network.pods["Deployment mail"]

    reached = {
        name
        for name, labels in network.pods.items()
        if labels["app.kubernetes.io/name"] in SERVICES
        and network.reaches(labels, mail, 1025)
    }
    assert reached == {pod_of("user-svc", "worker")}


def test_only_payment_svc_and_razorpay_can_connect_to_each_other(network):
    sandbox = network.pods[f"Deployment {SANDBOX}"]

    callers = {
        labels["app.kubernetes.io/name"]
        for labels in network.pods.values()
        if labels["app.kubernetes.io/name"] in SERVICES
        and network.reaches(labels, sandbox, 8000)
    }
    apis = {service: network.pods[pod_of(service)] for service in SERVICES}
    called = {s for s, api in apis.items() if network.reaches(sandbox, api, 8000)}
    assert callers == {"payment-svc"}
    assert called == {"payment-svc"}


def test_every_process_can_connect_to_its_database_only_on_one_port(network):
    database = network.pods["StatefulSet postgres"]

    for name, labels in network.pods.items():
        if labels["app.kubernetes.io/name"] in SERVICES:
            assert network.reaches(labels, database, 5432), name
            assert not network.reaches(labels, database, 22), name


def test_only_apis_can_connect_to_redis(network):
    redis = network.pods["Deployment redis"]

    reached = {
        name
        for name, labels in network.pods.items()
        if labels["app.kubernetes.io/name"] in SERVICES
        and network.reaches(labels, redis, 6379)
    }
    assert reached == {pod_of(service) for service in SERVICES}


@pytest.mark.parametrize(
    ("pod", "port"),
    [("postgres", 5432), ("redis", 6379), ("localstack", 4566), ("mail", 1025)],
)
def test_other_pods_cannot_connect_to_databases_queue_and_mail(network, pod, port):
    kind = "StatefulSet" if pod == "postgres" else "Deployment"

    assert not network.reaches(OTHER_POD, network.pods[f"{kind} {pod}"], port)


@pytest.mark.parametrize("service", SERVICES)
def test_other_pods_cannot_connect_to_an_api(network, service):
    assert not network.reaches(OTHER_POD, network.pods[pod_of(service)], 8000)


def test_the_test_pod_can_connect_to_all_services(network):
    tester = network.pods["Pod shop-test"]

    for name in (*SERVICES, SANDBOX):
        assert network.reaches(tester, network.pods[pod_of(name)], 8000)


@pytest.mark.parametrize("case", ["default", "prod", "sqlite", "everything"])
def test_one_policy_for_both_directions_selects_each_pod(template, case):
    documents = template(case)
    policies = of_kind(documents, "NetworkPolicy")
    for name in ("shop-default-deny", "shop-certificates"):
        policies.pop(name, None)

    for name, (labels, _) in pods(documents).items():
        [policy] = [
            policy
            for policy in policies.values()
            if selects(policy["spec"]["podSelector"], labels)
        ]
        assert policy["spec"]["policyTypes"] == ["Ingress", "Egress"], name


def test_the_test_pod_can_connect_to_nothing_else(network):
    tester = network.pods["Pod shop-test"]
    ports = {"StatefulSet postgres": 5432, "Deployment redis": 6379}
    ports |= {"Deployment localstack": 4566, "Deployment mail": 1025}

    for name, port in ports.items():
        assert not network.reaches(tester, network.pods[name], port), name
    for labels in network.pods.values():
        assert not network.reaches(labels, tester, 8000)


def test_in_production_a_pod_without_a_policy_has_no_connection(template):
    network = Network(template("prod"))

    assert not network.reaches(OTHER_POD, OTHER_POD, 80)
    assert Network(template()).reaches(OTHER_POD, OTHER_POD, 80)


def test_cert_manager_can_still_prove_that_it_has_the_host(template):
    """Its solver pods run in this namespace, behind the ingress controller."""
    [policy] = [
        p["spec"]
        for p in of_kind(template("prod"), "NetworkPolicy").values()
        if "acme.cert-manager.io/http01-solver"
        in p["spec"]["podSelector"].get("matchLabels", {})
    ]

    [rule] = policy["ingress"]
    assert [port["port"] for port in rule["ports"]] == [8089]
    [controller] = rule["from"]
    labels = controller["namespaceSelector"]["matchLabels"]
    assert labels == {"kubernetes.io/metadata.name": "ingress-nginx"}


def test_the_policies_of_production_outlive_the_release(template):
    """Its last pods serve for a minute after Helm has deleted everything else."""
    for name, policy in of_kind(template("prod"), "NetworkPolicy").items():
        annotations = policy["metadata"]["annotations"]
        assert annotations == {"helm.sh/resource-policy": "keep"}, name
    for policy in of_kind(template(), "NetworkPolicy").values():
        assert "annotations" not in policy["metadata"]


def test_only_the_dns_of_the_cluster_can_be_used(template):
    for policy in of_kind(template(), "NetworkPolicy").values():
        [dns] = [r for r in policy["spec"]["egress"] if r["ports"][0]["port"] == 53]
        [peer] = dns["to"]
        labels = peer["namespaceSelector"]["matchLabels"]
        assert labels == {"kubernetes.io/metadata.name": "kube-system"}
        assert {p["protocol"] for p in dns["ports"]} == {"TCP", "UDP"}


def test_clients_connect_only_from_the_peers_of_the_values(template):
    def peers(case):
        policy = of_kind(template(case), "NetworkPolicy")["user-svc"]
        [rule] = policy["spec"]["ingress"]
        return [peer for peer in rule["from"] if "podSelector" not in peer]

    [controller] = peers("default")
    assert controller["namespaceSelector"]["matchLabels"] == {
        "kubernetes.io/metadata.name": "ingress-nginx"
    }
    [outside] = peers("kind")
    assert outside["ipBlock"]["except"] == ["10.244.0.0/16"]  # kind's pods


def test_no_rule_without_peers_is_rendered(template):
    for case in ("default", "prod", "everything"):
        for policy in of_kind(template(case), "NetworkPolicy").values():
            for rule in policy["spec"].get("egress", []):
                assert rule["to"]
            for rule in policy["spec"].get("ingress", []):
                assert rule["from"]


def test_production_can_connect_to_the_internet_but_not_to_instance_metadata(template):
    policy = of_kind(template("prod"), "NetworkPolicy")["payment-svc-worker"]
    internet = [
        (rule["ports"], peer["ipBlock"])
        for rule in policy["spec"]["egress"]
        for peer in rule["to"]
        if peer.get("ipBlock", {}).get("cidr") == "0.0.0.0/0"
    ]

    assert len(internet) == 2
    for ports, block in internet:
        assert [p["port"] for p in ports] == [443]
        assert block["except"] == ["169.254.0.0/16"]
