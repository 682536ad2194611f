"""The rules for service clients: the table, and the check of a secret."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from flask import Flask
from sqlalchemy import select

from user_svc.extensions import db
from user_svc.keyring import Keyring
from user_svc.managers import ServiceClientManager
from user_svc.models import ServiceClient


@dataclass(frozen=True)
class Client:
    client_id: str
    client_secret: str
    audiences: tuple[str, ...] = ("user-svc",)
    scopes: tuple[str, ...] = ("users:read",)


ORDER = Client("order-svc", "secret-of-orders")
PAYMENT = Client("payment-svc", "secret-of-payments")


@pytest.fixture
def manager(app: Flask) -> Iterator[ServiceClientManager]:
    with app.app_context():
        found = ServiceClientManager(db.session(), Keyring("k" * 40))
        found.sync([ORDER, PAYMENT])
        yield found
        db.session.rollback()


def names(manager: ServiceClientManager) -> set[str]:
    return set(manager.session.scalars(select(ServiceClient.client_id)))


def test_a_sync_adds_and_removes_clients(manager: ServiceClientManager) -> None:
    assert names(manager) == {"order-svc", "payment-svc"}

    manager.sync([PAYMENT])

    assert names(manager) == {"payment-svc"}


@pytest.mark.parametrize(
    "changed",
    [
        replace(ORDER, client_secret="another-secret"),
        replace(ORDER, audiences=("product-svc",)),
        replace(ORDER, scopes=()),
    ],
    ids=["secret", "audiences", "scopes"],
)
def test_a_changed_client_is_out_of_sync_until_the_next_sync(
    manager: ServiceClientManager, changed: Client
) -> None:
    assert manager.is_in_sync([PAYMENT, ORDER])
    assert not manager.is_in_sync([PAYMENT, changed])

    manager.sync([PAYMENT, changed])

    assert manager.is_in_sync([PAYMENT, changed])


@pytest.mark.parametrize("wanted", [[ORDER], []])
def test_a_client_too_many_is_out_of_sync(
    manager: ServiceClientManager, wanted: list[Client]
) -> None:
    assert not manager.is_in_sync(wanted)


def test_the_right_secret_returns_the_client(manager: ServiceClientManager) -> None:
    found = manager.authenticate("order-svc", ORDER.client_secret)

    assert found is not None
    assert (found.client_id, found.scopes) == ("order-svc", ["users:read"])


@pytest.mark.parametrize(
    ("client_id", "secret"),
    [
        ("order-svc", PAYMENT.client_secret),
        ("order-svc", ""),
        ("nobody", ORDER.client_secret),
        ("nobody", ""),
        ("order-svc\0", ORDER.client_secret),
    ],
)
def test_any_other_secret_returns_nothing(
    manager: ServiceClientManager, client_id: str, secret: str
) -> None:
    assert manager.authenticate(client_id, secret) is None


def test_only_the_hash_of_a_secret_is_stored(manager: ServiceClientManager) -> None:
    hashes = list(manager.session.scalars(select(ServiceClient.secret_hash)))

    assert len(hashes) == len(set(hashes)) == 2
    assert not {ORDER.client_secret, PAYMENT.client_secret} & set(hashes)
