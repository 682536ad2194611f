"""What every test of the order service uses: a small shop around the service."""

import itertools
import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from dependencies import FakeProducts, FakeUsers
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from chassis import retention, worker
from chassis.messaging import inbox
from devtools.testkit.plugin import SECRET, serve
from order_svc import clients, create_app
from order_svc.consumers import HANDLERS, QUEUE
from order_svc.extensions import db
from order_svc.models import Order, OrderHistory, OrderRefund, Outbox, StockCommand

ASHA, RAVI = 17, 18


class Address:
    """An address at which each test serves a fake of its own."""

    def __init__(self) -> None:
        self.app: Any = None

    def __call__(self, environ: Any, start_response: Any) -> Any:
        return self.app(environ, start_response)


@pytest.fixture(scope="session")
def addresses() -> Iterator[dict[str, tuple[Address, str]]]:
    """Serve user-svc and product-svc at the same URLs for all tests."""
    with ExitStack() as stack:
        made = {name: Address() for name in ("USER_SVC_URL", "PRODUCT_SVC_URL")}
        yield {
            name: (address, stack.enter_context(serve(address)))
            for name, address in made.items()
        }


@pytest.fixture
def users(addresses: Any) -> Any:
    fake = FakeUsers()
    addresses["USER_SVC_URL"][0].app = fake.app
    return fake


@pytest.fixture
def products(addresses: Any) -> Any:
    fake = FakeProducts()
    addresses["PRODUCT_SVC_URL"][0].app = fake.app
    return fake


def renew(app: Flask) -> None:
    clients.init_app(app, app.extensions["settings"])


@pytest.fixture
def reuse_orders(
    reuse_app: Callable[..., Flask], addresses: Any, users: Any, products: Any
) -> Callable[..., Flask]:
    """Return a function that returns the service, with more settings."""
    return partial(
        reuse_app,
        create_app,
        renew,
        **{name: url for name, (_, url) in addresses.items()},
        SERVICE_CLIENT_ID="order-svc",
        SERVICE_CLIENT_SECRET=f"order-svc-{SECRET}",
    )


@pytest.fixture
def app(reuse_orders: Callable[..., Flask]) -> Flask:
    return reuse_orders()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


class Shop:
    """What customers, staff, payment-svc and the worker do, one method each."""

    def __init__(self, app: Flask, tokens: Any) -> None:
        self.app, self.tokens = app, tokens
        self.asha, self.ravi = tokens.user(ASHA), tokens.user(RAVI)
        self.staff, self.admin = tokens.staff(), tokens.admin()
        self.payments = itertools.count(501)

    def call(self, method: str, path: str, who: Any = None, **more: Any) -> Any:
        # A client of its own for each call: threads share this object.
        headers = {**(who or {}), **more.pop("headers", {})}
        client = self.app.test_client()
        return client.open(path, method=method, headers=headers, **more)

    def order(self, who: Any = None, lines: Any = None, **more: Any) -> Any:
        """Place an order and return the answer."""
        pairs = lines or [(1, 2)]
        items = [{"product_id": p, "quantity": q} for p, q in pairs]
        body = {"items": items, **more.pop("body", {})}
        return self.call("POST", "/orders/", who or self.asha, json=body, **more)

    def placed(self, **more: Any) -> int:
        """Place an order and return its id."""
        answer = self.order(**more)
        assert answer.status_code in (201, 202), answer.text
        return int(answer.json["id"])

    def get(self, order: int, who: Any = None) -> Any:
        answer = self.call("GET", f"/orders/{order}/", who or self.staff)
        assert answer.status_code == 200, answer.text
        return answer.json

    def cancel(self, order: int, who: Any = None) -> Any:
        return self.call("POST", f"/orders/{order}/cancel/", who or self.asha)

    def refund(self, order: int, who: Any = None, **body: Any) -> Any:
        body = {"reason": "They asked for it", **body}
        path = f"/orders/{order}/refund/"
        return self.call("POST", path, who or self.staff, json=body)

    def timeline(self, order: int) -> Any:
        return self.call("GET", f"/orders/{order}/timeline/", self.staff).json["data"]

    def receive(self, kind: str, event_id: str | None = None, **data: Any) -> str:
        """Handle a message of payment-svc; return the outcome."""
        body = {
            "id": event_id or str(uuid.uuid4()),
            "source": "/payment-svc",
            "type": kind,
            "subject": f"orders/{data.get('order_id')}",
            "correlationid": "from-payment-svc",
            "data": data,
        }
        with self.app.app_context():
            return inbox.handle(QUEUE, json.dumps(body), HANDLERS)

    def pay(self, order: int, payment_id: int | None = None, **data: Any) -> str:
        """Receive a capture."""
        facts = {
            "order_id": order,
            "payment_id": payment_id or 500 + order,
            "razorpay_payment_id": f"pay_{payment_id or order}",
            "amount": "998.00",
            "currency": "INR",
        }
        return self.receive("payment.captured", **{**facts, **data})

    def review(self, order: int, **data: Any) -> str:
        """Receive a payment of another amount that staff must check."""
        facts = {
            "order_id": order,
            "payment_id": 500 + order,
            "amount": "1032.19",
            "currency": "INR",
            "reason": "The customer paid a fee of 34.19 INR.",
        }
        return self.receive("payment.under_review", **{**facts, **data})

    def refunded(self, order: int, kind: str = "refund.processed", **data: Any) -> str:
        """Receive payment-svc's answer to the order's last refund."""
        row = self.refunds(order)[-1]
        facts = {
            "order_id": order,
            "payment_id": row["payment_id"],
            "refund_id": 9000 + row["id"],
            "amount": f"{row['amount']:.2f}",
            "reason": row["reason"],
            "n": row["n"],
        }
        return self.receive(kind, **{**facts, **data})

    def work(self) -> None:
        """Run every job until nothing is due; the queues are left alone."""
        jobs = self.app.extensions["work"].jobs
        while sum(max(worker.once(self.app, n, job), 0) for n, job in jobs.items()):
            pass

    def prune(self) -> None:
        """Delete what has been kept long enough."""
        with self.app.app_context():
            retention.prune()

    def confirmed(self, **more: Any) -> int:
        """Return an order that is paid and whose stock is taken."""
        order = self.placed(**more)
        self.pay(order)
        self.work()
        assert self.state(order) == "confirmed"
        return order

    def row(self, order: int) -> Order:
        with self.app.app_context():
            found = db.session.get_one(Order, order)
            db.session.expunge_all()
            return found

    def state(self, order: int) -> str:
        return str(self.row(order).state)

    def published(self, order: int) -> list[tuple[str, dict[str, Any]]]:
        """Return the published messages, `(type, data)`, in order."""
        with self.app.app_context():
            rows = select(Outbox).filter_by(subject=f"orders/{order}")
            found = db.session.scalars(rows.order_by(Outbox.id))
            return [(row.type, row.data) for row in found]

    def rows(self, table: Any, order: int) -> list[dict[str, Any]]:
        with self.app.app_context():
            rows = select(table).filter_by(order_id=order).order_by(table.id)
            columns = table.__table__.columns.keys()
            return [
                {name: getattr(row, name) for name in columns}
                for row in db.session.scalars(rows)
            ]

    def refunds(self, order: int) -> list[dict[str, Any]]:
        return self.rows(OrderRefund, order)

    def stock_commands(self, order: int) -> list[tuple[str, str]]:
        """Return the commands to product-svc: `(kind, state)`."""
        return [(row["kind"], row["state"]) for row in self.rows(StockCommand, order)]

    def history(self, order: int) -> list[dict[str, Any]]:
        return self.rows(OrderHistory, order)


@pytest.fixture
def shop(app: Flask, tokens: Any) -> Shop:
    return Shop(app, tokens)


@pytest.fixture
def pass_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[int], None]:
    """Return a function that moves the service's clock forward by seconds."""
    file = tmp_path / "clock"
    monkeypatch.setenv("CLOCK_FILE", str(file))

    def let_pass(seconds: int) -> None:
        before = int(file.read_text()) if file.exists() else 0
        file.write_text(str(before + seconds))

    return let_pass
