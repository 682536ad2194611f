"""The policies let through what the architecture draws, and nothing else."""

import itertools

import pytest

from chart.objects import of_kind, pods
from devtools.layout import SANDBOX, SERVICES

# Who opens a connection to whom: ARCHITECTURE.md.
HTTP = {
    ("product-svc", "user-svc"),
    ("order-svc", "user-svc"),
    ("payment-svc", "user-svc"),
    ("order-svc", "product-svc"),
}
QUEUE_READERS = {"order-svc", "payment-svc"}
OUTSIDE_POD = {"app.kubernetes.io/name": "somebody"}


class Network:
    """Says who reaches whom, as the NetworkPolicies of a namespace have it.

    A pod that no policy of a direction chooses is open in that direction.
    """

    def __init__(self, documents):
        self.policies = list(of_kind(documents, "NetworkPolicy").values())
        self.pods = {name: labels for name, (labels, _) in pods(documents).items()}

    def reaches(self, source, target, port):
        """Say whether a pod with labels may connect to one with labels, on a port."""
        leaves = self._allows("egress", source, target, port)
        return leaves and self._allows("ingress", target, source, port)

    def _allows(self, direction, chosen, other, port):
        policies = [
            policy["spec"]
            for policy in self.policies
            if direction.capitalize() in policy["spec"]["policyTypes"]
            and is_chosen(policy["spec"]["podSelector"], chosen)
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


def is_chosen(selector, labels):
    """Say whether a selector chooses a pod."""
    return selector["matchLabels"].items() <= labels.items()


def is_peer(peer, labels):
    """Say whether a peer is a pod of the same namespace; other namespaces are not."""
    assert set(peer) <= {"podSelector", "namespaceSelector", "ipBlock"}
    return set(peer) == {"podSelector"} and is_chosen(peer["podSelector"], labels)


@pytest.fixture(scope="module")
def network(template, surroundings):
    """Return the shop's pods with those of k8s/ beside them."""
    return Network([*template(), *surroundings])


def of(service, component="api"):
    """Return the name of a pod of a service."""
    return f"Deployment {service}{'' if component == 'api' else f'-{component}'}"


def test_http_goes_along_the_edges_of_the_architecture_alone(network):
    reached = {
        (caller, callee)
        for caller, callee in itertools.permutations(SERVICES, 2)
        for component in ("api", "worker")
        if network.reaches(
            network.pods[of(caller, component)], network.pods[of(callee)], 8000
        )
    }

    assert reached == HTTP


@pytest.mark.parametrize("service", SERVICES)
def test_nobody_calls_a_worker(network, service):
    worker = network.pods[of(service, "worker")]

    for labels in [*network.pods.values(), OUTSIDE_POD]:
        assert not network.reaches(labels, worker, 8000)


def test_the_queue_is_for_the_two_workers_alone(network):
    queue = network.pods["Deployment localstack"]

    reached = {
        name
        for name, labels in network.pods.items()
        if labels["app.kubernetes.io/name"] in SERVICES
        and network.reaches(labels, queue, 4566)
    }
    assert reached == {of(service, "worker") for service in QUEUE_READERS}


def test_keda_reaches_the_queue_that_its_triggers_name(template, surroundings):
    [endpoint] = {
        scaled["spec"]["triggers"][0]["metadata"]["awsEndpoint"]
        for scaled in of_kind(template("everything"), "ScaledObject").values()
    }
    policy = of_kind(surroundings, "NetworkPolicy")["localstack"]

    assert endpoint == "http://localstack.shop.svc:4566"
    [rule] = policy["spec"]["ingress"]
    labels = {"kubernetes.io/metadata.name": "keda"}
    assert {"namespaceSelector": {"matchLabels": labels}} in rule["from"]
    assert [port["port"] for port in rule["ports"]] == [4566]


def test_keys_of_a_pods_identity_are_asked_for_at_their_own_port_alone(template):
    agent = "169.254.170.23/32"
    where = "networkPolicy.podIdentity.to[0].ipBlock.cidr"
    policies = of_kind(template("prod", f"{where}={agent}"), "NetworkPolicy")

    asking = {
        (name, peer["ipBlock"]["cidr"])
        for name, policy in policies.items()
        for rule in policy["spec"]["egress"]
        for peer in rule["to"]
        if 80 in [port["port"] for port in rule["ports"]]
    }
    assert asking == {(f"{service}-worker", agent) for service in QUEUE_READERS}


def test_on_sqlite_the_one_pod_of_each_reader_reaches_the_queue(template, surroundings):
    network = Network([*template("sqlite"), *surroundings])
    queue = network.pods["Deployment localstack"]

    reached = {s for s in SERVICES if network.reaches(network.pods[of(s)], queue, 4566)}
    assert reached == QUEUE_READERS


def test_the_mail_server_is_for_user_svcs_worker_alone(network):
    mail = network.pods["Deployment mail"]

    reached = {
        name
        for name, labels in network.pods.items()
        if labels["app.kubernetes.io/name"] in SERVICES
        and network.reaches(labels, mail, 1025)
    }
    assert reached == {of("user-svc", "worker")}


def test_razorpay_is_for_payment_svc_alone_and_posts_webhooks_to_it_alone(network):
    sandbox = network.pods[f"Deployment {SANDBOX}"]

    callers = {
        labels["app.kubernetes.io/name"]
        for labels in network.pods.values()
        if labels["app.kubernetes.io/name"] in SERVICES
        and network.reaches(labels, sandbox, 8000)
    }
    apis = {service: network.pods[of(service)] for service in SERVICES}
    called = {s for s, api in apis.items() if network.reaches(sandbox, api, 8000)}
    assert callers == {"payment-svc"}
    assert called == {"payment-svc"}


def test_every_process_that_has_a_database_reaches_it_and_nothing_beside_it(network):
    database = network.pods["StatefulSet postgres"]

    for name, labels in network.pods.items():
        if labels["app.kubernetes.io/name"] in SERVICES:
            assert network.reaches(labels, database, 5432), name
            assert not network.reaches(labels, database, 22), name
            assert not network.reaches(labels, network.pods["Deployment redis"], 6379)


@pytest.mark.parametrize(
    ("pod", "port"),
    [("postgres", 5432), ("redis", 6379), ("localstack", 4566), ("mail", 1025)],
)
def test_a_stranger_in_the_namespace_reaches_no_data_and_sends_no_mail(
    network, pod, port
):
    kind = "StatefulSet" if pod == "postgres" else "Deployment"

    assert not network.reaches(OUTSIDE_POD, network.pods[f"{kind} {pod}"], port)


@pytest.mark.parametrize("service", SERVICES)
def test_a_stranger_in_the_namespace_reaches_no_api(network, service):
    assert not network.reaches(OUTSIDE_POD, network.pods[of(service)], 8000)


def test_the_chart_test_reaches_all_it_buys_from(network):
    buyer = network.pods["Pod shop-test"]

    for name in (*SERVICES, SANDBOX):
        assert network.reaches(buyer, network.pods[of(name)], 8000)


@pytest.mark.parametrize("case", ["default", "prod", "sqlite", "everything"])
def test_every_pod_of_a_service_is_chosen_by_one_policy_of_both_directions(
    template, case
):
    documents = template(case)
    policies = of_kind(documents, "NetworkPolicy").values()

    for name, (labels, _) in pods(documents).items():
        if labels["app.kubernetes.io/name"] in SERVICES:
            [policy] = [
                p for p in policies if is_chosen(p["spec"]["podSelector"], labels)
            ]
            assert policy["spec"]["policyTypes"] == ["Ingress", "Egress"], name


def test_names_are_resolved_by_the_cluster_alone(template):
    for policy in of_kind(template(), "NetworkPolicy").values():
        [dns] = [r for r in policy["spec"]["egress"] if r["ports"][0]["port"] == 53]
        [peer] = dns["to"]
        labels = peer["namespaceSelector"]["matchLabels"]
        assert labels == {"kubernetes.io/metadata.name": "kube-system"}
        assert {p["protocol"] for p in dns["ports"]} == {"TCP", "UDP"}


def test_clients_come_from_where_the_values_say(template):
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


def test_an_empty_list_of_peers_is_nobody_and_not_everybody(template):
    for case in ("default", "prod", "everything"):
        for policy in of_kind(template(case), "NetworkPolicy").values():
            for rule in policy["spec"].get("egress", []):
                assert rule["to"]
            for rule in policy["spec"].get("ingress", []):
                assert rule["from"]


def test_production_reaches_the_world_by_https_and_never_the_nodes_metadata(template):
    policy = of_kind(template("prod"), "NetworkPolicy")["payment-svc-worker"]
    world = [
        (rule["ports"], peer["ipBlock"])
        for rule in policy["spec"]["egress"]
        for peer in rule["to"]
        if peer.get("ipBlock", {}).get("cidr") == "0.0.0.0/0"
    ]

    assert len(world) == 2
    for ports, block in world:
        assert [p["port"] for p in ports] == [443]
        assert block["except"] == ["169.254.0.0/16"]
