"""The environment of each process of the local run."""

import os
from collections.abc import Mapping
from pathlib import Path

import click

from chassis import env_files
from devtools.layout import HOST, PORTS, ROOT, SANDBOX, SERVICES, state_folder
from devtools.local import credentials

RAZORPAY = ("RAZORPAY_KEY_ID", "RAZORPAY_KEY_SECRET", "RAZORPAY_WEBHOOK_SECRET")
DEMO = tuple(
    f"DEMO_{role.upper()}_{word}"
    for role in credentials.DEMO_ROLES
    for word in ("EMAIL", "PASSWORD")
)
# Which services get a secret, also when it comes from the user's environment.
OWNERS: dict[str, tuple[str, ...]] = {
    "SIGNING_KEY_SECRET": ("user-svc",),
    "SERVICE_CLIENTS": ("user-svc",),
    "BOOTSTRAP_ADMIN_PASSWORD": ("user-svc",),
    "SMTP_URL": ("user-svc",),
    "RAZORPAY_KEY_SECRET": ("payment-svc", SANDBOX),
    "RAZORPAY_WEBHOOK_SECRET": ("payment-svc", SANDBOX),
    "RAZORPAY_WEBHOOK_SECRET_PREVIOUS": ("payment-svc",),
    "AWS_SECRET_ACCESS_KEY": ("order-svc", "payment-svc"),
    "AWS_SESSION_TOKEN": ("order-svc", "payment-svc"),
    **{name: ("user-svc",) for name in DEMO if name.endswith("PASSWORD")},
}
QUEUE_USERS = ("order-svc", "payment-svc")


class Site:
    """The settings of a local run: the user's settings override generated ones."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self.environ = environ
        self.generated = credentials.load()
        self.shared = {**env_files.read(ROOT / ".env"), **environ}

    def port(self, name: str) -> int:
        """Return the port of a service, the sandbox or the queue."""
        port = PORTS[name]
        text = self.shared.get(port.variable, str(port.usual))
        if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
            raise click.ClickException(
                f"{port.variable} should be a number from 1 to 65535, not {text!r}."
            )
        return int(text)

    def address(self, name: str) -> str:
        """Return the local address of a service, the sandbox or the queue."""
        return f"http://{HOST}:{self.port(name)}"

    def accounts(self) -> dict[str, str]:
        """Return the demo accounts' e-mail addresses and passwords."""
        values = {**self.generated, **self._of_user("user-svc")}
        return {name: values[name] for name in DEMO}

    def has_embedded_queue(self) -> bool:
        """Return whether the embedded queue is used."""
        return all(self._uses_ours(service) for service in QUEUE_USERS)

    def of(self, name: str) -> dict[str, str]:
        """Return a process group's environment: service, sandbox or queue."""
        values = {**self._defaults(name), **self._of_user(name)}
        own = {k: v for k, v in values.items() if name in OWNERS.get(k, (name,))}
        return own | _no_proxy(own)

    def _of_user(self, name: str) -> dict[str, str]:
        environ = {k: v for k, v in self.environ.items() if k != "DATABASE_URL"}
        return {**env_files.load(ROOT, name), **environ}

    def _uses_ours(self, service: str) -> bool:
        ours = self.address("sqs")
        return self._of_user(service).get("AWS_ENDPOINT_URL_SQS", ours) == ours

    def _defaults(self, name: str) -> dict[str, str]:
        values = {
            "PYTHONUNBUFFERED": "1",
            "APP_ENV": "development",
            "SERVICE_NAME": name,
        }
        if name in SERVICES:
            values |= self._of_service(name)
        if name == SANDBOX:
            values |= self._of_sandbox()
        if name in QUEUE_USERS and self.has_embedded_queue():
            values |= self._of_queue_user()
        return values

    def _of_service(self, name: str) -> dict[str, str]:
        values = {
            "DATABASE_URL": self._database(name),
            "PUBLIC_URL": self.address(name),
            "SECRET_KEY": self.generated[credentials.secret_key_name(name)],
            "LOG_LEVEL": "INFO",
            "USER_SVC_URL": self.address("user-svc"),
            "PRODUCT_SVC_URL": self.address("product-svc"),
        }
        if secret := credentials.client_secret(self.generated, name):
            values |= {"SERVICE_CLIENT_ID": name, "SERVICE_CLIENT_SECRET": secret}
        if name == "user-svc":
            values |= self._of_user_svc()
        if name == "payment-svc":
            values |= {key: self.generated[key] for key in RAZORPAY}
            values["RAZORPAY_BASE_URL"] = self.address(SANDBOX)
        return values

    def _of_user_svc(self) -> dict[str, str]:
        names = ("SIGNING_KEY_SECRET", "SERVICE_CLIENTS")
        values = {key: self.generated[key] for key in names} | self.accounts()
        values["MAIL_FOLDER"] = str(mail_folder())
        values["BOOTSTRAP_ADMIN_EMAIL"] = values["DEMO_ADMIN_EMAIL"]
        values["BOOTSTRAP_ADMIN_PASSWORD"] = values["DEMO_ADMIN_PASSWORD"]
        return values

    def _of_sandbox(self) -> dict[str, str]:
        return {
            **{key: self.generated[key] for key in RAZORPAY},
            "WEBHOOK_URL": self.address("payment-svc") + "/payments/webhook/",
            "PUBLIC_URL": self.address(SANDBOX),
            "DATABASE_URL": self._database(SANDBOX),
        }

    def _of_queue_user(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL_SQS": self.address("sqs"),
            "AWS_REGION": "ap-south-1",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "SQS_WAIT_SECONDS": "2",  # shorter polls, a quicker stop
        }

    def _database(self, name: str) -> str:
        return f"sqlite:///{state_folder().resolve() / name}.db"


def mail_folder() -> Path:
    """Return the folder of mails when there is no mail server."""
    return state_folder().resolve() / "mail"


def _no_proxy(values: Mapping[str, str]) -> dict[str, str]:
    """Exclude local addresses from a proxy of this machine."""
    known = values.get("no_proxy") or values.get("NO_PROXY") or ""
    names = ",".join(filter(None, (known, HOST, "localhost")))
    return {"no_proxy": names, "NO_PROXY": names}
