"""kubectl, always on the cluster of k8s/kind.yaml and in the shop's namespace."""

import json
from typing import Any

from devtools import programs

CLUSTER = NAMESPACE = "shop"
CONTEXT = f"kind-{CLUSTER}"
# Always this context, so that no other cluster is changed.
THERE = ("--context", CONTEXT)
HERE = (*THERE, "--namespace", NAMESPACE)
PLACES = {"kubectl": "kubernetes.io/docs/tasks/tools"}


def call(*words: str) -> str:
    """Return what kubectl printed; raise ClickException when it fails."""
    return programs.call("kubectl", *HERE, *words)


def apply(text: str) -> None:
    """Apply manifests, each to the namespace that it names."""
    programs.call("kubectl", *THERE, "apply", "--filename=-", given=text)


def show(*words: str) -> bool:
    """Run kubectl on this terminal; return whether it succeeded."""
    return programs.show("kubectl", *HERE, *words)


def succeeds(*words: str) -> bool:
    """Return whether a command succeeds; where nothing answers, within seconds."""
    done = programs.run("kubectl", *HERE, "--request-timeout=3s", *words)
    return not done.returncode


def get(*words: str) -> dict[str, Any]:
    """Return an object, or a list of them under `items`, as the cluster has it."""
    return dict(json.loads(call("get", *words, "--output=json")))
