"""Each value that a platform sets has its effect, and an unsafe one is refused."""

import re

import pytest
import yaml

from chart.objects import containers, of_kind, pods
from devtools.chart import render
from devtools.chart.render import CASES, CHART, Refused
from devtools.layout import SERVICES

SCHEMA = yaml.safe_load((CHART / "values.schema.json").read_text())
CA = (
    "defaults.extraVolumes[0].name=ca",
    "defaults.extraVolumes[0].secret.secretName=database-ca",
    "defaults.extraVolumeMounts[0].name=ca",
)
# What teams set in their first week: each is accepted by itself.
SENSIBLE = {
    "a variable": ("defaults.extraEnv[0].name=A", "defaults.extraEnv[0].value=b"),
    "a variable of a Secret": (
        "services.user-svc.extraEnv[0].name=SMTP_URL",
        "services.user-svc.extraEnv[0].valueFrom.secretKeyRef.name=mail",
        "services.user-svc.extraEnv[0].valueFrom.secretKeyRef.key=url",
        "mail.smtpUrl=",
    ),
    "a further Secret": ("defaults.extraEnvFrom[0].secretRef.name=proxy",),
    "a certificate": (*CA, "defaults.extraVolumeMounts[0].mountPath=/etc/database"),
    "one certificate among those of the system": (
        *CA,
        "defaults.extraVolumeMounts[0].mountPath=/etc/ssl/certs/shop.pem",
        "defaults.extraVolumeMounts[0].subPath=ca.crt",
    ),
    "no spreading": ("defaults.topologySpreadConstraints=null",),
    "strict spreading": (
        "defaults.topologySpreadConstraints[0].topologyKey=kubernetes.io/hostname",
        "defaults.topologySpreadConstraints[0].whenUnsatisfiable=DoNotSchedule",
    ),
    "a priority": ("services.order-svc.priorityClassName=business",),
    "a slow start": ("defaults.api.probes.startup.failureThreshold=300",),
    "a long shutdown": ("defaults.api.terminationGracePeriodSeconds=300",),
    "a slow scale-down": (
        "defaults.api.autoscaling.behavior.scaleDown.stabilizationWindowSeconds=900",
    ),
    "another user": ("defaults.podSecurityContext.runAsUser=1000660000",),
    "SELinux": ("defaults.securityContext.seLinuxOptions.level=s0",),
    "a load balancer": (
        "services.user-svc.service.type=LoadBalancer",
        "services.user-svc.service.loadBalancerClass=service.k8s.aws/nlb",
        "services.user-svc.service.loadBalancerSourceRanges[0]=10.0.0.0/8",
    ),
    "annotations": (
        "defaults.deploymentAnnotations.a=b",
        "defaults.service.annotations.a=b",
    ),
    "labels": ("defaults.podLabels.team=shop", "commonLabels.owner=shop"),
    "a prefix": ("fullnameOverride=blue",),
    "another policy of one service": (
        "image.pullPolicy=Always",
        "services.user-svc.image.pullPolicy=Never",
    ),
    "a tag and a digest": (
        "image.tag=1.0.0",
        "services.user-svc.image.digest=sha256:" + "0" * 64,
    ),
    "a volume of a terabyte": ("database.persistence.size=1Ti",),
}
ENV = "defaults.extraEnv[0].name"
TYPES = "defaults.extraVolumes[0]"
# What breaks a pod or its protection, with words of the sentence that refuses it.
UNSAFE = {
    "a password in plain text": (
        (f"{ENV}=DATABASE_URL", "defaults.extraEnv[0].value=postgresql://a"),
        "extraEnv has the value of DATABASE_URL.*valueFrom.secretKeyRef",
    ),
    "a variable of the chart": (
        (f"{ENV}=APP_ENV", "defaults.extraEnv[0].value=test"),
        "extraEnv sets APP_ENV",
    ),
    "a folder of the node": (
        (f"{TYPES}.name=host", f"{TYPES}.hostPath.path=/"),
        "type hostPath",
    ),
    "a volume in the place of the chart's": (
        (f"{TYPES}.name=tmp", f"{TYPES}.secret.secretName=a"),
        "has the name tmp",
    ),
    "a mount without its volume": (
        (
            "defaults.extraVolumeMounts[0].name=b",
            "defaults.extraVolumeMounts[0].mountPath=/b",
        ),
        "the volume b, which extraVolumes does not have",
    ),
    "a mount over the code": (
        (*CA, "defaults.extraVolumeMounts[0].mountPath=/app/chassis"),
        "at /app/chassis would hide files",
    ),
    "a label that selects pods": (
        (r"defaults.podLabels.app\.kubernetes\.io/name=x",),
        "podLabels or commonLabels sets app.kubernetes.io/name",
    ),
    "a common label of the chart": (
        (r"commonLabels.helm\.sh/chart=x",),
        "podLabels or commonLabels sets helm.sh/chart",
    ),
    "a pod of root": (("defaults.podSecurityContext.runAsUser=0",), "which is root"),
    "a container of root": (
        ("services.user-svc.securityContext.runAsUser=0",),
        "user-svc: securityContext.runAsUser is 0",
    ),
    "any user": (
        ("defaults.podSecurityContext.runAsNonRoot=false",),
        "runAsNonRoot is false",
    ),
    "no seccomp": (
        ("defaults.podSecurityContext.seccompProfile.type=Unconfined",),
        "seccompProfile is Unconfined",
    ),
    "a privileged container": (
        ("defaults.securityContext.privileged=true",),
        "privileged is true",
    ),
    "more privileges": (
        ("defaults.securityContext.allowPrivilegeEscalation=true",),
        "allowPrivilegeEscalation is true",
    ),
    "another capability": (
        ("defaults.securityContext.capabilities.add[0]=SYS_ADMIN",),
        "may drop ALL and add NET_BIND_SERVICE, nothing else",
    ),
    "capabilities that are kept": (
        ("defaults.securityContext.capabilities.drop[0]=CHOWN",),
        "may drop ALL",
    ),
    "less time than a request needs": (
        ("defaults.api.terminationGracePeriodSeconds=40",),
        "it must be at least 50",
    ),
    "a nervous liveness probe": (
        ("defaults.api.probes.liveness.failureThreshold=1",),
        "must be at least 20",
    ),
}


@pytest.mark.parametrize("what", SENSIBLE)
def test_a_sensible_value_is_accepted(template, what):
    assert all_pods(template("default", *SENSIBLE[what]))


@pytest.mark.parametrize("what", UNSAFE)
def test_an_unsafe_value_is_refused_with_a_sentence(helm, what):
    sets, sentence = UNSAFE[what]

    with pytest.raises(Refused, match=sentence):
        render.template(helm, (), sets)


def test_a_writable_root_file_system_is_refused_in_production(helm):
    sets = ("defaults.securityContext.readOnlyRootFilesystem=false",)

    assert render.template(helm, (), sets)
    with pytest.raises(Refused, match="readOnlyRootFilesystem is false in production"):
        render.template(helm, CASES["prod"], sets)


@pytest.mark.parametrize(
    "name", SCHEMA["definitions"]["config"]["propertyNames"]["not"]["enum"]
)
def test_what_config_rejects_has_no_plain_value_in_extra_env(helm, name):
    """One render of all names would stop at the first."""
    full = ("mail.shopUrl=https://shop.example.com",)
    names = [f"services.{s}.extraEnv[0].name={name}" for s in SERVICES]
    values = [f"services.{s}.extraEnv[0].value=x" for s in SERVICES]

    with pytest.raises(Refused, match=f"extraEnv (sets|has the value of) {name},"):
        render.template(helm, (), (*full, *names, *values))


def all_pods(documents):
    """Return the specs of the services' pods by the name of their object."""
    return {
        name: spec
        for name, (labels, spec) in pods(documents).items()
        if labels["app.kubernetes.io/name"] in SERVICES
    }


def test_every_container_has_the_extra_variables_and_mounts(template):
    given = yaml.safe_load(CASES["everything"][0].read_text())["defaults"]

    for name, spec in all_pods(template("everything")).items():
        assert given["extraVolumes"][0] in spec["volumes"], name
        for container in containers(spec):
            assert container["env"] == given["extraEnv"], name
            assert given["extraEnvFrom"][0] in container["envFrom"], name
            assert given["extraVolumeMounts"][0] in container["volumeMounts"], name


def test_pods_are_spread_over_zones_and_nodes_by_default(template):
    for name, spec in all_pods(template()).items():
        found = spec["topologySpreadConstraints"]
        keys = [constraint["topologyKey"] for constraint in found]
        assert keys == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"], name
        for constraint in found:
            assert constraint["maxSkew"] == 1
            assert constraint["whenUnsatisfiable"] == "ScheduleAnyway"
            assert constraint["matchLabelKeys"] == ["pod-template-hash"]


def test_kind_has_no_zones_so_its_pods_are_spread_over_nodes_alone(template):
    """The scheduler leaves nodes without one of the keys out of the count."""
    for case in ("kind", "dev"):
        for spec in all_pods(template(case)).values():
            [constraint] = spec["topologySpreadConstraints"]
            assert constraint["topologyKey"] == "kubernetes.io/hostname"


def test_a_constraint_with_its_own_selector_counts_what_it_selects(template):
    for spec in all_pods(template("everything")).values():
        strict, own = spec["topologySpreadConstraints"]
        assert (strict["minDomains"], strict["maxSkew"]) == (2, 1)
        assert own["labelSelector"] == {
            "matchLabels": {"app.kubernetes.io/part-of": "shop"}
        }
        assert "matchLabelKeys" not in own


def test_null_leaves_the_user_of_a_pod_to_the_cluster(each_helm):
    for where in ("defaults", "services.user-svc"):
        names = ("runAsUser", "runAsGroup", "fsGroup")
        sets = [f"{where}.podSecurityContext.{name}=null" for name in names]
        documents = render.template(each_helm, (), sets)

        spec = all_pods(documents)["Deployment user-svc"]
        assert spec["securityContext"] == {
            "runAsNonRoot": True,
            "seccompProfile": {"type": "RuntimeDefault"},
        }


def test_a_great_user_id_stays_a_whole_number(each_helm):
    sets = ("defaults.podSecurityContext.runAsUser=1000660000",)
    words = [word for text in sets for word in ("--set", text)]

    text = render.run(each_helm, "template", "shop", CHART, *words)

    assert set(re.findall(r"runAsUser: (\S+)", text)) == {"1000660000"}


def test_the_termination_and_the_probes_have_the_given_times(template):
    found = all_pods(template("everything"))

    api, worker = found["Deployment user-svc"], found["Deployment user-svc-worker"]
    assert api["terminationGracePeriodSeconds"] == 90
    assert worker["terminationGracePeriodSeconds"] == 60
    [container] = api["containers"]
    assert container["startupProbe"]["initialDelaySeconds"] == 2
    assert container["startupProbe"]["failureThreshold"] == 60, "of the defaults"
    assert container["livenessProbe"]["timeoutSeconds"] == 10
    assert container["readinessProbe"]["failureThreshold"] == 2


def test_scaling_follows_the_given_behavior(template):
    for scaler in of_kind(template("everything"), "HorizontalPodAutoscaler").values():
        down = scaler["spec"]["behavior"]["scaleDown"]
        assert down["stabilizationWindowSeconds"] == 600
    for scaler in of_kind(template("kind"), "HorizontalPodAutoscaler").values():
        assert "behavior" not in scaler["spec"]


def test_common_labels_are_on_every_object_and_pod(template):
    documents = template("everything")
    label = {"example.com/cost-center": "17"}.items()

    for document in documents:
        assert label <= document["metadata"]["labels"].items(), document["metadata"]
    for name, (labels, _) in pods(documents).items():
        assert label <= labels.items(), name


def test_annotations_and_labels_are_where_they_were_asked_for(template):
    documents = template("everything")

    for name, deployment in of_kind(documents, "Deployment").items():
        annotations = deployment["metadata"]["annotations"]
        assert annotations["example.com/contact"] == "shop", name
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        assert labels["example.com/team"] == "shop"
        assert "example.com/team" not in deployment["metadata"]["labels"]
        assert deployment["spec"]["template"]["spec"]["priorityClassName"] == "business"
    for name in SERVICES:
        metadata = of_kind(documents, "Service")[name]["metadata"]
        assert metadata["annotations"] == {"example.com/zone-aware": "true"}


def test_the_policy_and_the_tag_of_one_image_override_the_common_ones(template):
    sets = (*SENSIBLE["a tag and a digest"], *SENSIBLE["another policy of one service"])
    found = all_pods(template("default", *sets))

    for name in SERVICES:
        [container] = found[f"Deployment {name}"]["containers"]
        is_user = name == "user-svc"
        assert container["imagePullPolicy"] == ("Never" if is_user else "Always")
        assert container["image"].endswith(("@sha256:" + "0" * 64, ":1.0.0"))
        assert ("@" in container["image"]) == is_user


@pytest.fixture(scope="module", params=["everything", "sqlite"])
def both(request, helm):
    """Return two releases of one namespace: `shop`, and `blue` with its prefix."""
    values = CASES[request.param]
    prefixed = ("fullnameOverride=blue",)
    return (
        render.template(helm, values),
        render.template(helm, values, prefixed, release="blue"),
    )


def test_two_releases_in_one_namespace_have_no_name_in_common(both):
    shop, blue = ({(d["kind"], d["metadata"]["name"]) for d in one} for one in both)

    # A Secret that External Secrets creates has the name of the values.
    assert {kind for kind, _ in shop & blue} <= {"ExternalSecret"}
    assert all(name.startswith("blue-") for _, name in blue - shop)


def test_two_releases_in_one_namespace_select_only_their_own_pods(both):
    shop, blue = both
    theirs = [labels for labels, _ in pods(blue).values()]

    for service in of_kind(shop, "Service").values():
        if selector := service["spec"].get("selector"):
            assert not any(selector.items() <= labels.items() for labels in theirs)


def test_a_prefixed_release_refers_to_its_own_objects(both):
    _, blue = both
    maps, services = of_kind(blue, "ConfigMap"), of_kind(blue, "Service")
    accounts = of_kind(blue, "ServiceAccount")

    for spec in all_pods(blue).values():
        assert spec["serviceAccountName"] in accounts
        for container in containers(spec):
            assert container["envFrom"][0]["configMapRef"]["name"] in maps
    for name in SERVICES:
        settings = maps[f"blue-{name}"]["data"]
        assert settings["SERVICE_NAME"] == name
        trusted = settings["TRUSTED_HOSTS"].split(",")
        assert {f"blue-{name}", f"blue-{name}.shop.svc"} <= set(trusted)
    urls = maps["blue-order-svc"]["data"]
    assert urls["USER_SVC_URL"] == "http://blue-user-svc"
    assert urls["PRODUCT_SVC_URL"].startswith("http://blue-product-svc")
    assert {name for name in services if name.endswith("-svc")} == {
        f"blue-{name}" for name in SERVICES
    }
