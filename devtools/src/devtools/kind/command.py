"""`make kind`: the whole shop on a cluster of this machine, until `make kind-down`."""

import os
import time

import click
from rich.console import Console

from devtools import programs
from devtools.chart.render import K8S
from devtools.compose import docker, images
from devtools.kind import deploying, kubectl, loading
from devtools.kind.kubectl import CLUSTER
from devtools.kind.target import Kind
from devtools.local import welcome
from devtools.terminal import console

PLACES = {
    **docker.PLACES,
    "kind": "kind.sigs.k8s.io/docs/user/quick-start",
    **kubectl.PLACES,
    "helm": "helm.sh/docs/intro/install",
}


def up(arguments: tuple[str, ...] = ()) -> None:
    """Create the cluster, build, load, deploy, wait and show the addresses.

    `NODE_IMAGE` in the environment names another node image than kind's own.
    Raises ClickException when something does not start. A cluster that this command
    created is then removed; an existing cluster is kept.
    """
    out, started = console(), time.monotonic()
    programs.require(PLACES)
    images.build(arguments)
    is_new = CLUSTER not in _clusters()
    try:
        _create(out) if is_new else _find(out)
        surroundings = deploying.Surroundings()
        tags = loading.load(out, surroundings.images)
        surroundings.apply(out, tags)
        deploying.install(out, tags)
    except BaseException:
        if is_new:
            out.print("Removing the cluster that was made …")
            _delete()
        raise
    seconds = time.monotonic() - started
    welcome.show(out, Kind(), seconds, f"the cluster uses {docker.memory(_nodes())}")


def down() -> None:
    """Delete the cluster and all that is in it."""
    programs.require({name: PLACES[name] for name in ("docker", "kind")})
    if CLUSTER not in _clusters():
        click.echo("There is no cluster: make kind creates it.")
        return
    _delete()


def _create(out: Console) -> None:
    out.print("• making the cluster, about a minute")
    words = [f"--config={K8S}/kind.yaml"]
    if image := os.environ.get("NODE_IMAGE"):
        words.append(f"--image={image}")
    if not programs.show("kind", "create", "cluster", *words):
        raise click.ClickException("The cluster could not be created (see above).")
    # kubeadm reserves no CPU for kube-proxy. On a busy machine it would be so late that
    # Services route to deleted pods.
    proxy = ("--namespace=kube-system", "set", "resources", "daemonset/kube-proxy")
    programs.call("kubectl", *kubectl.THERE, *proxy, "--requests=cpu=100m")


def _find(out: Console) -> None:
    out.print("• the cluster is there")
    # The cluster may have been created with another kubeconfig.
    programs.call("kind", "export", "kubeconfig", "--name", CLUSTER)


def _delete() -> None:
    if not programs.show("kind", "delete", "cluster", "--name", CLUSTER):
        raise click.ClickException("The cluster could not be deleted (see above).")


def _clusters() -> list[str]:
    return programs.call("kind", "get", "clusters").split()


def _nodes() -> list[str]:
    return programs.call("kind", "get", "nodes", "--name", CLUSTER).split()
