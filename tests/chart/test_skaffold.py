"""skaffold.yaml matches its schema, and every name in it exists."""

import copy
import json
import os
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest
import yaml

from chart.objects import of_kind, pods
from chart.skaffold_schema import CONFIG
from devtools.chart import render
from devtools.layout import IMAGES, PORTS, ROOT, SANDBOX, SERVICES

PROFILES = ("dev", "debug", "prod", "ca")


def configs(profile=""):
    """Return both configurations by name, with a profile applied."""
    found = yaml.safe_load_all((ROOT / "skaffold.yaml").read_text())
    return {c["metadata"]["name"]: changed(c, profile) for c in found}


def changed(config, name):
    """Return a copy of a configuration with the patches and build of a profile."""
    config = copy.deepcopy(config)
    for profile in config["profiles"]:
        if profile["name"] == name:
            config["build"] |= profile.get("build", {})
            for patch in profile["patches"]:
                apply(config, **patch)
    return config


def apply(document, op, path, value=None):
    """Apply one JSON patch; raise if its path does not exist."""
    *way, last = path.strip("/").split("/")
    for step in way:
        document = document[int(step) if isinstance(document, list) else step]
    if isinstance(document, list):
        number = len(document) if last == "-" else int(last)
        document[number : number + (op != "add")] = [] if op == "remove" else [value]
    elif op == "add":
        document[last] = value
    else:
        document[last]  # raises KeyError if it does not exist
        document.pop(last) if op == "remove" else document.update({last: value})


def values_files(profile=""):
    """Return the values files and options with which a profile deploys the chart."""
    [release] = configs(profile)["shop"]["deploy"]["helm"]["releases"]
    sets = [f"{name}={value}" for name, value in release.get("setValues", {}).items()]
    sets = [text.replace("True", "true").replace("False", "false") for text in sets]
    return [ROOT / path for path in release["valuesFiles"]], sets


def official_schema():
    """Return skaffold's schema, from SKAFFOLD_SCHEMA or from the program."""
    if path := os.environ.get("SKAFFOLD_SCHEMA"):
        return json.loads(Path(path).read_text())
    if not shutil.which("skaffold"):
        pytest.skip("no skaffold on PATH, and SKAFFOLD_SCHEMA names no v4beta14.json")
    command = ["skaffold", "schema", "get", "skaffold/v4beta14"]
    return json.loads(subprocess.check_output(command))


@pytest.mark.parametrize("profile", ["", *PROFILES])
def test_it_matches_the_subset_of_the_schema(profile):
    for config in configs(profile).values():
        jsonschema.Draft202012Validator(CONFIG).validate(config)


@pytest.mark.parametrize("profile", ["", *PROFILES])
def test_it_matches_skaffolds_schema(profile):
    schema = official_schema()
    for config in configs(profile).values():
        jsonschema.Draft7Validator(schema).validate(config)


def test_the_dependencies_are_deployed_before_the_shop():
    dependencies, shop = configs().values()

    assert shop["requires"] == [{"configs": [dependencies["metadata"]["name"]]}]
    assert dependencies["manifests"]["kustomize"]["paths"] == ["k8s"]


def test_every_image_is_built_from_the_dockerfile():
    built = {
        artifact["image"]: artifact["docker"]
        for config in configs().values()
        for artifact in config["build"]["artifacts"]
    }

    assert set(built) == {f"shop/{image}" for image in IMAGES}
    for image, docker in built.items():
        assert docker["dockerfile"] == "Dockerfile"
        assert docker["buildArgs"] == {"SERVICE": image.removeprefix("shop/")}
        assert "secrets" not in docker, "only -p ca has one"


def test_only_the_profile_ca_uses_a_build_secret_and_the_host_network():
    for config in configs("ca").values():
        for artifact in config["build"]["artifacts"]:
            [secret] = artifact["docker"]["secrets"]
            assert secret["id"] == "ca"
            assert artifact["docker"]["network"] == "host"


def test_the_forwarded_ports_are_the_ports_of_a_local_run():
    forwarded = {
        forward["resourceName"]: forward["localPort"]
        for config in configs().values()
        for forward in config["portForward"]
    }

    assert forwarded == {name: PORTS[name].usual for name in (*SERVICES, SANDBOX)}


def test_every_forwarded_port_exists(template, manifests):
    services = of_kind(template("dev"), "Service") | of_kind(manifests, "Service")
    for config in configs().values():
        for forward in config["portForward"]:
            ports = services[forward["resourceName"]]["spec"]["ports"]
            assert forward["port"] in {port["port"] for port in ports}


@pytest.mark.parametrize("profile", ["dev", "debug"])
def test_links_use_the_forwarded_ports(kubectl, helm, profile):
    files, sets = values_files(profile)
    documents = render.template(helm, files, sets)
    [path] = configs(profile)["dependencies"]["manifests"]["kustomize"]["paths"]
    _, sandbox = pods(render.kustomize(kubectl, ROOT / path))[f"Deployment {SANDBOX}"]
    env = {item["name"]: item.get("value") for item in sandbox["containers"][0]["env"]}

    for name in SERVICES:
        settings = of_kind(documents, "ConfigMap")[name]["data"]
        assert settings["PUBLIC_URL"] == f"http://127.0.0.1:{PORTS[name].usual}"
    assert env["PUBLIC_URL"] == f"http://127.0.0.1:{PORTS[SANDBOX].usual}"


def test_the_chart_deploys_every_built_image():
    [release] = configs()["shop"]["deploy"]["helm"]["releases"]
    wanted = {}
    for name in SERVICES:
        variable = f"shop_{name.replace('-', '_')}"
        image = f"services.{name}.image"
        wanted[f"{image}.repository"] = f"{{{{.IMAGE_REPO_{variable}}}}}"
        tag = f"{{{{.IMAGE_TAG_{variable}}}}}@{{{{.IMAGE_DIGEST_{variable}}}}}"
        wanted[f"{image}.tag"] = tag

    assert release["setValueTemplates"] == wanted


def test_the_chart_accepts_skaffolds_tag_with_digest(template):
    tag = f"services.order-svc.image.tag=abc@sha256:{'0' * 64}"
    _, spec = pods(template("kind", tag))["Deployment order-svc"]

    assert spec["containers"][0]["image"] == f"shop/order-svc:abc@sha256:{'0' * 64}"


def test_python_files_of_the_service_and_the_chassis_are_synced():
    for artifact in configs()["shop"]["build"]["artifacts"]:
        name = artifact["image"].removeprefix("shop/")
        rules = {rule["src"]: rule["dest"] for rule in artifact["sync"]["manual"]}
        assert rules == dict.fromkeys(
            ("chassis/src/**/*.py", f"{name}/src/**/*.py"), "/app"
        )
        for source in rules:
            assert list(ROOT.glob(source))


def test_a_change_in_the_chassis_rebuilds_no_image(kubectl):
    [sandbox] = configs()["dependencies"]["build"]["artifacts"]
    [path] = configs("dev")["dependencies"]["manifests"]["kustomize"]["paths"]
    _, spec = pods(render.kustomize(kubectl, ROOT / path))[f"Deployment {SANDBOX}"]

    [rule] = sandbox["sync"]["manual"]
    assert rule == {"src": "chassis/src/**/*.py", "dest": "/app"}
    security = spec["containers"][0]["securityContext"]
    assert security["readOnlyRootFilesystem"] is False, "synced files must be writable"


def test_a_synced_file_is_writable_and_restarts_its_process(helm):
    documents = render.template(helm, *values_files("dev"))
    for name in SERVICES:
        for suffix in ("", "-worker"):
            _, spec = pods(documents)[f"Deployment {name}{suffix}"]
            [container] = spec["containers"]
            assert container["command"][:2] == ["python", "/etc/shop/reload.py"]
            assert container["securityContext"]["readOnlyRootFilesystem"] is False
            mounts = {m["name"]: m["mountPath"] for m in container["volumeMounts"]}
            assert mounts["reload"] == "/etc/shop"


def test_the_debug_profile_admits_and_starts_the_debugger(helm, kubectl):
    documents = render.template(helm, *values_files("debug"))
    [path] = configs("debug")["dependencies"]["manifests"]["kustomize"]["paths"]
    applied = render.kustomize(kubectl, ROOT / path)

    for name in SERVICES:
        _, api = pods(documents)[f"Deployment {name}"]
        _, worker = pods(documents)[f"Deployment {name}-worker"]
        assert api["containers"][0]["command"][0] == "gunicorn"
        assert worker["containers"][0]["command"][0] == "flask"
    _, sandbox = pods(applied)[f"Deployment {SANDBOX}"]
    assert sandbox["containers"][0]["command"][0] == "gunicorn"
    [namespace] = of_kind(applied, "Namespace").values()
    labels = namespace["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "baseline"


def test_production_pushes_images_and_applies_only_the_namespace(helm, kubectl):
    found = configs("prod")
    [path] = found["dependencies"]["manifests"]["kustomize"]["paths"]
    applied = render.kustomize(kubectl, ROOT / path)
    documents = render.template(helm, *values_files("prod"))

    assert [d["kind"] for d in applied] == ["Namespace"]
    assert found["dependencies"]["build"]["artifacts"] == []
    assert found["dependencies"]["portForward"] == []
    assert found["shop"]["build"]["local"]["push"] is True
    settings = of_kind(documents, "ConfigMap")["order-svc"]["data"]
    assert settings["APP_ENV"] == "production"
