"""The user service's settings."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from chassis import config
from chassis.config import (
    MINIMUM_SECRET,
    ConfigError,
    credential,
    optional_url,
    setting,
    text,
    whole,
)
from user_svc import email_addresses, passwords, smtp_urls

# The accounts that the settings may describe, and their names.
ACCOUNTS = {
    "bootstrap_admin": "First Admin",
    "demo_customer": "Demo Customer",
    "demo_staff": "Demo Staff",
    "demo_admin": "Demo Admin",
}
DEFAULT_SENDER = "no-reply@shop.example"
SHAPE = (
    'a JSON list such as [{"client_id": "order-svc", "client_secret": "...", '
    '"audiences": ["product-svc"], "scopes": ["stock:reserve"]}]'
)


@dataclass(frozen=True)
class Client:
    """A service that may request tokens, with the audiences and scopes allowed."""

    client_id: str
    client_secret: str
    audiences: tuple[str, ...]
    scopes: tuple[str, ...]


def service_clients(value: str) -> tuple[Client, ...]:
    """Accept the credentials of the services as JSON."""
    try:
        found = json.loads(value or "[]")
        clients = tuple(_client(item) for item in found)
    except (ValueError, TypeError, KeyError):
        raise ValueError(SHAPE) from None
    if len({client.client_id for client in clients}) != len(clients):
        raise ValueError(f"{SHAPE}, each client_id once")
    for client in clients:
        _check_secret(client)
    return clients


def _check_secret(client: Client) -> None:
    try:
        credential(client.client_secret)
    except ValueError as wrong:
        raise ValueError(
            f"JSON with a secret of {client.client_id} in {wrong}"
        ) from None


def _client(item: dict[str, Any]) -> Client:
    words = (item["client_id"], item["client_secret"])
    lists = (item["audiences"], item["scopes"])
    every = [*words, *lists[0], *lists[1]]
    is_text = all(isinstance(word, str) and word for word in every)
    if not is_text or not all(isinstance(one, list) for one in lists) or len(item) != 4:
        raise ValueError
    return Client(*words, *(tuple(sorted(one)) for one in lists))


def email(value: str) -> str:
    """Accept an e-mail address, or an empty text."""
    try:
        return email_addresses.normalized(value) if value else ""
    except ValueError:
        raise ValueError("an e-mail address") from None


@dataclass(frozen=True, kw_only=True)
class Settings(config.Settings):
    """The settings of every service, and those for tokens, mail and first accounts."""

    service: str = "user-svc"
    signing_key_secret: str = setting(text, secret=True)
    signing_key_secret_previous: str = setting(credential, "")
    service_clients: tuple[Client, ...] = setting(service_clients, ())
    access_token_seconds: int = setting(whole, 600)
    refresh_token_days: int = setting(whole, 30)
    refresh_grace_seconds: int = setting(whole, 30)
    sign_in_attempts: int = setting(whole, 5)
    address_attempts: int = setting(whole, 50)
    lockout_first_seconds: int = setting(whole, 30)
    lockout_most_seconds: int = setting(whole, 900)
    lockout_hours: int = setting(whole, 24)
    web_threads: int = setting(whole, 8)
    key_rotation_days: int = setting(whole, 30)
    key_lead_seconds: int = setting(whole, 600)
    smtp_url: str = setting(smtp_urls.smtp_url, "")
    mail_from: str = setting(email, "")
    mail_folder: str = setting(text, "")
    mail_retry_seconds: int = setting(whole, 30)
    shop_url: str = setting(optional_url, "")
    bootstrap_admin_email: str = setting(email, "")
    bootstrap_admin_password: str = setting(text, "")
    demo_customer_email: str = setting(email, "")
    demo_customer_password: str = setting(text, "")
    demo_staff_email: str = setting(email, "")
    demo_staff_password: str = setting(text, "")
    demo_admin_email: str = setting(email, "")
    demo_admin_password: str = setting(text, "")

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> Self:
        """Read every setting, or raise ConfigError with all the problems."""
        settings = super().load(environ)
        problems = [*settings._bad_accounts(), *settings._weak_clients()]
        problems += settings._bad_mail() if settings.is_production else []
        if problems:
            raise ConfigError(problems)
        return settings

    @property
    def sender(self) -> str:
        """Return the sender of the mails."""
        return self.mail_from or DEFAULT_SENDER

    def account(self, name: str) -> tuple[str, str]:
        """Return the e-mail address and password of one of ACCOUNTS."""
        return getattr(self, f"{name}_email"), getattr(self, f"{name}_password")

    def _bad_accounts(self) -> list[str]:
        found = []
        for account, name in ACCOUNTS.items():
            address, password = self.account(account)
            wrong = passwords.problems(password, name, address) if password else []
            if bool(address) != bool(password):
                wrong = [f"requires {account.upper()}_EMAIL: set both or neither."]
            found += [f"{account.upper()}_PASSWORD: {text}" for text in wrong]
        return found

    def _bad_mail(self) -> list[str]:
        """Return why production could not deliver mail, which resets need."""
        found = []
        if not self.smtp_url and not self.mail_folder:
            found.append(
                f"SMTP_URL: is missing; it should be {smtp_urls.SHAPE} "
                "(or set MAIL_FOLDER to write the mails to files)"
            )
        if self.smtp_url and not self.mail_from:
            found.append("MAIL_FROM: is missing; SMTP_URL requires an e-mail address")
        if self.smtp_url and smtp_urls.parse(self.smtp_url).exposes_password:
            found.append(
                "SMTP_URL: the password would cross the network unencrypted; "
                "use smtp+starttls:// or smtps://"
            )
        return found

    def _weak_clients(self) -> list[str]:
        return [
            f"SERVICE_CLIENTS: the secret of {client.client_id} is too weak for "
            f"production; use a random text of at least {MINIMUM_SECRET} characters"
            for client in self.service_clients
            if self.is_production and len(client.client_secret) < MINIMUM_SECRET
        ]
