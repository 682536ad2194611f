"""Applies k8s/ and installs the chart, and shows what did not start."""

import re

import click
from rich.console import Console

from devtools import programs
from devtools.chart.render import CASES, CHART, K8S
from devtools.compose import images
from devtools.kind import kubectl, progress
from devtools.kind.kubectl import CONTEXT, NAMESPACE
from devtools.layout import SANDBOX, SERVICES, version

RELEASE = "shop"
WAITS = "600s"
OURS = "app.kubernetes.io/part-of=shop-surroundings"


class Surroundings:
    """What `kubectl apply -k k8s/` applies."""

    def __init__(self) -> None:
        self.text = programs.call("kubectl", "kustomize", str(K8S))

    @property
    def images(self) -> set[str]:
        """Their images, without the sandbox, which is ours."""
        found = set(re.findall(r"^[- ]*image: (\S+)$", self.text, re.MULTILINE))
        return found - {self._sandbox}

    @property
    def _sandbox(self) -> str:
        return images.name(SANDBOX, version())

    def apply(self, out: Console, tags: dict[str, str]) -> None:
        """Apply them with the sandbox as it was built, and wait until they are up."""
        out.print("• PostgreSQL, Redis, the queue, the sandbox and the mail catcher")
        sandbox = images.name(SANDBOX, tags[SANDBOX])
        kubectl.apply(self.text.replace(self._sandbox, sandbox))
        selected = ("statefulset,deployment", f"--selector={OURS}")
        for name in kubectl.call("get", *selected, "--output=name").split():
            if not kubectl.show("rollout", "status", name, f"--timeout={WAITS}"):
                show_failed(out)
                raise click.ClickException(f"{name} did not start (see above).")


def install(out: Console, tags: dict[str, str]) -> None:
    """Install or upgrade the chart and wait until every pod is ready."""
    out.print("• the chart: migrations, four services, four workers")
    words = [f"--set=services.{name}.image.tag={tags[name]}" for name in SERVICES]
    words += [f"--values={path}" for path in CASES["kind"]]
    command = ("upgrade", "--install", RELEASE, str(CHART), *words)
    here = (f"--kube-context={CONTEXT}", f"--namespace={NAMESPACE}")
    with progress.shown(out):
        done = programs.run("helm", *command, *here, "--wait", f"--timeout={WAITS}")
    if done.returncode:
        show_failed(out)
        raise click.ClickException(f"helm upgrade: {done.stderr.strip()}")


def show_failed(out: Console) -> None:
    """Show the pods, with the events and logs of pods that are not ready."""
    kubectl.show("get", "pods")
    for pod in kubectl.get("pods")["items"]:
        if progress.is_ready(pod) or pod["status"].get("phase") == "Succeeded":
            continue
        name = pod["metadata"]["name"]
        out.print(f"[bold red]✗[/] {name}")
        kubectl.show("events", f"--for=pod/{name}", "--types=Warning")
        kubectl.show("logs", name, "--all-containers", "--tail=20")
