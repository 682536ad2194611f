"""The shop on the cluster of k8s/kind.yaml, as the cluster describes it."""

import base64
import shutil
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from sqlalchemy.engine import make_url

from devtools import ledger
from devtools.kind import kubectl
from devtools.kind.forward import Forward
from devtools.layout import HOST, SANDBOX, SERVICES

PODS = "--selector=app.kubernetes.io/part-of=shop"
EVERY = ("--all-containers", "--tail=-1", "--max-log-requests=100")


class Kind:
    """The shop of `make kind` or skaffold, with its public addresses."""

    name, start = "kind", "make kind"
    stop = "[bold]make kind-down[/] deletes it"

    def is_up(self) -> bool:
        """Return whether the chart is on a cluster that answers."""
        return bool(shutil.which("kubectl")) and kubectl.succeeds(
            "get", "deployments/order-svc-worker"
        )

    def address(self, name: str) -> str:
        """Return an address; the queue is for the cluster alone, a gateway is not."""
        return self._addresses.get(name, "")

    def accounts(self) -> dict[str, str]:
        """Return the demo accounts' e-mail addresses and passwords."""
        values = _secret("user-svc")
        return {name: text for name, text in values.items() if name.startswith("DEMO_")}

    def places(self) -> tuple[str, ...]:
        """Return the services: the queue's own log has no ids."""
        return SERVICES

    def lines(self, text: str) -> Iterator[str]:
        """Yield the log lines that contain a text, also of containers that died."""
        logs = [kubectl.call("logs", PODS, *EVERY)]
        logs += [kubectl.call("logs", "--previous", *one) for one in _restarted()]
        return (line for log in logs for line in log.splitlines() if text in line)

    def mails(self) -> None:
        """Return nothing: mails are sent to the catcher in the cluster."""

    def database(self, service: str) -> str:
        """Return the address of a service's database, at a port that is forwarded."""
        url = make_url(_secret(service)["DATABASE_URL"])
        here = url.set(host=HOST, port=self._postgres.port)
        return here.render_as_string(hide_password=False)

    def ledger(self) -> Mapping[str, Any]:
        """Return the sandbox's ledger."""
        return ledger.fetch(self.address(SANDBOX))

    @cached_property
    def _addresses(self) -> dict[str, str]:
        settings = {
            item["metadata"]["name"]: item["data"]
            for item in kubectl.get("configmaps")["items"]
        }
        return {
            **{name: settings[name]["PUBLIC_URL"] for name in SERVICES},
            SANDBOX: _public_url(kubectl.get("deployment", SANDBOX)),
        }

    @cached_property
    def _postgres(self) -> Forward:
        return Forward("service/postgres", 5432)


def _public_url(deployment: dict[str, Any]) -> str:
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    values = {item["name"]: item.get("value") for item in container["env"]}
    return str(values["PUBLIC_URL"])


def _secret(service: str) -> dict[str, str]:
    data = kubectl.get("secret", f"{service}-development")["data"]
    return {name: base64.b64decode(text).decode() for name, text in data.items()}


def _restarted() -> Iterator[tuple[str, str]]:
    """Yield the pod and the name of each container that runs not for the first time."""
    for pod in kubectl.get("pods", PODS)["items"]:
        for container in pod["status"].get("containerStatuses", []):
            if container["restartCount"]:
                yield pod["metadata"]["name"], f"--container={container['name']}"
