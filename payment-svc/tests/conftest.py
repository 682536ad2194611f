"""The other side of every test: Razorpay, order-svc, staff and customers."""

import itertools
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from chassis import clock, json, worker
from chassis.messaging import inbox
from payment_svc import create_app, razorpay_service
from payment_svc.consumers import HANDLERS
from payment_svc.extensions import db
from payment_svc.models import (
    PAYMENT_TRANSITIONS,
    REFUND_TRANSITIONS,
    Outbox,
    Payment,
    PaymentHistory,
    QuarantinedMessage,
    Refund,
    RefundHistory,
)
from payment_svc.razorpay.signatures import sign
from payment_svc.razorpay_service import RazorpayService
from razorpay_sandbox.testing import KEYS, Served
from razorpay_sandbox.testing import serve as serve_sandbox


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Served]:
    """Run Razorpay's side with the clock of `pass_time`."""
    with serve_sandbox(tmp_path, CLOCK_FILE=str(tmp_path / "clock")) as served:
        yield served


KEYS_OF_SERVICE = {name: KEYS[name] for name in KEYS if name.startswith("RAZORPAY")}


def renew(app: Flask) -> None:
    razorpay_service.init_app(app, app.extensions["settings"])


@pytest.fixture
def make(reuse_app: Callable[..., Flask]) -> Callable[..., Flask]:
    """Return `make(**settings)`: the service with settings of a test's own."""
    return lambda **settings: reuse_app(
        create_app, renew, **{**KEYS_OF_SERVICE, **settings}
    )


@pytest.fixture
def app(make: Callable[..., Flask], sandbox: Served) -> Flask:
    """Return the service with empty tables, in front of a Razorpay of its own."""
    app = make()
    app.extensions["razorpay"] = RazorpayService(
        sandbox.key_id, sandbox.key_secret, sandbox.url
    )
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def staff(tokens: Any) -> dict[str, str]:
    return tokens.staff()


@pytest.fixture
def send_webhook(client: FlaskClient, sandbox: Served) -> Callable[[bytes], Any]:
    """Return `send_webhook(body)`: the answer to a webhook with a valid signature."""

    def send(body: bytes) -> Any:
        signature = sign(body, sandbox.webhook_secret)
        headers = {
            "X-Razorpay-Signature": signature,
            "Content-Type": "application/json",
        }
        return client.post("/payments/webhook/", data=body, headers=headers)

    return send


class Shop:
    """Acts on one app as order-svc, staff, customers and Razorpay."""

    def __init__(self, app: Flask, tokens: Any, razorpay: str) -> None:
        self.app, self.tokens, self.razorpay = app, tokens, razorpay
        self.orders = itertools.count(17)

    def call(self, method: str, path: str, who: Any = None, **more: Any) -> Any:
        # A client of its own for each call: threads share this object.
        client = self.app.test_client()
        return client.open(path, method=method, headers=who, **more)

    # order-svc's messages

    def deliver(self, kind: str, event_id: str = "", **data: Any) -> str:
        """Deliver a message to the consumer; return its outcome."""
        event = {
            "specversion": "1.0",
            "id": event_id or str(uuid.uuid4()),
            "source": "/order-svc",
            "type": kind,
            "subject": f"orders/{data.get('order_id')}",
            "correlationid": f"order-{data.get('order_id')}",
            "data": data,
        }
        with self.app.app_context():
            body = json.dumps(event).decode()
            return inbox.handle("payment-commands", body, HANDLERS)

    def request(self, order_id: int | None = None, **data: Any) -> int:
        """Deliver payment.requested; return the order's id."""
        order_id = order_id or next(self.orders)
        usual = {
            "order_id": order_id,
            "user_id": 1,
            "amount": "499.00",
            "currency": "INR",
            "customer": {"name": "Asha Rao", "email": "asha@shop.example"},
            "placed_at": json.timestamp(clock.now()),
        }
        assert self.deliver("payment.requested", **{**usual, **data}) == "handled"
        return order_id

    def close(self, order_id: int, reason: str = "cancelled") -> None:
        data = {"user_id": 1, "amount": "499.00", "currency": "INR", "reason": reason}
        kind = "payment.close_requested"
        assert self.deliver(kind, order_id=order_id, **data) == "handled"

    def settle(self, order_id: int, outcome: str = "kept", **data: Any) -> str:
        payment_id = data.pop("payment_id", None) or self.payment(order_id).id
        facts = {"order_id": order_id, "payment_id": payment_id, "outcome": outcome}
        return self.deliver("order.settled", **facts, **data)

    def refund(
        self, order_id: int, amount: str, reason: str = "staff", n: int = 1, **data: Any
    ) -> str:
        facts = {"order_id": order_id, "payment_id": self.payment(order_id).id}
        facts |= {"amount": amount, "reason": reason, "n": n}
        return self.deliver("refund.requested", **{**facts, **data})

    # the worker

    def work(self) -> None:
        """Run the worker's jobs until nothing is due."""
        jobs = self.app.extensions["work"].jobs
        while sum(_done(self.app, name, job) for name, job in jobs.items()):
            pass

    def make_due(self) -> None:
        """Make every payment and refund due that is not released."""
        with self.app.app_context():
            for model in (Payment, Refund):
                table = model.__table__
                db.session.execute(
                    update(table)
                    .where(table.c.next_check_at.is_not(None))
                    .values(next_check_at=clock.now())
                )
            db.session.commit()

    # what there is

    def issued(self, **data: Any) -> int:
        """Return an order whose link can be paid."""
        order_id = self.request(**data)
        self.work()
        assert self.payment(order_id).state == "issued"
        return order_id

    def captured(self, **data: Any) -> int:
        """Return an order whose payment has arrived."""
        order_id = self.issued(**data)
        self.pay(order_id)
        self.make_due()
        self.work()
        assert self.payment(order_id).state == "captured"
        return order_id

    def rows(self, model: Any, **wanted: Any) -> list[Any]:
        with self.app.app_context():
            found = db.session.scalars(select(model).filter_by(**wanted)).all()
            return sorted(found, key=lambda row: row.id)

    def payment(self, order_id: int, kind: str = "PRIMARY") -> Payment:
        [found] = self.rows(Payment, order_id=str(order_id), kind=kind)
        return found

    def refunds(self, order_id: int) -> list[Refund]:
        return self.rows(Refund, payment_id=self.payment(order_id).id)

    def published(self, order_id: int, kind: str = "") -> list[dict[str, Any]]:
        """Return the data of the events that were published about an order."""
        events = self.rows(Outbox, subject=f"orders/{order_id}")
        return [one.data for one in events if not kind or one.type == kind]

    def kinds(self, order_id: int) -> list[str]:
        return [e.type for e in self.rows(Outbox, subject=f"orders/{order_id}")]

    def quarantined(self) -> list[str]:
        return [row.reason for row in self.rows(QuarantinedMessage)]

    def row(self, state: str, **fields: Any) -> int:
        """Write a payment that stands in a state; return its id."""
        number = next(self.orders)
        usual: dict[str, Any] = {
            "order_id": str(number),
            "amount": Decimal("499.00"),
            "state": state,
            "status": "PENDING",
            "receipt": str(uuid.uuid4()),
            "user_id": 1,
            "placed_at": clock.now(),
        }
        if state in ("captured", "under_review"):
            usual |= {"razorpay_payment_id": f"pay_{number:014}"}
            usual |= {"captured_amount": Decimal("499.00"), "captured_currency": "INR"}
        with self.app.app_context():
            payment = Payment(**{**usual, **fields})
            db.session.add(payment)
            db.session.commit()
            return payment.id

    # Razorpay's side

    def control(self, path: str, **body: Any) -> Any:
        url = f"{self.razorpay}/control/{path}/"
        answer = requests.post(url, json=body, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def link(self, order_id: int) -> str:
        return str(self.payment(order_id).razorpay_payment_link_id)

    def pay(self, order_id: int, **options: Any) -> Any:
        return self.control(f"links/{self.link(order_id)}/pay", **options)

    def ledger(self, what: str) -> list[dict[str, Any]]:
        answer = requests.get(f"{self.razorpay}/control/ledger/?bodies=1", timeout=10)
        return list(answer.json()[what])

    # the books

    def check_books(self) -> None:
        """Check what must hold at any moment, whatever has happened."""
        with self.app.app_context():
            _check_chain(Payment, PaymentHistory, "payment_id", PAYMENT_TRANSITIONS)
            _check_chain(Refund, RefundHistory, "refund_id", REFUND_TRANSITIONS)
            for payment in db.session.scalars(select(Payment)):
                capture = {"razorpay_payment_id": payment.razorpay_payment_id}
                sums = select(Refund.amount).filter_by(payment_id=payment.id, **capture)
                live = db.session.scalars(sums.where(Refund.state != "failed"))
                assert sum(live) <= payment.refundable


def _check_chain(model: Any, history: Any, owner: str, table: Any) -> None:
    edges = {(source, name, t.to or source) for (source, name), t in table.items()}
    for row in db.session.scalars(select(model)).all():
        chain = select(history).filter_by(**{owner: row.id}).order_by(history.id)
        steps = db.session.scalars(chain).all()
        assert [s.from_state for s in steps] == [
            None,
            *(s.to_state for s in steps[:-1]),
        ]
        assert steps[-1].to_state == row.state
        assert {(s.from_state, s.trigger, s.to_state) for s in steps} <= edges


def _done(app: Flask, name: str, job: worker.Job) -> int:
    count = worker.once(app, name, job)
    assert count >= 0, f"{name} failed, see the log"
    return count


@pytest.fixture
def shop_on(tokens: Any, sandbox: Served) -> Callable[[Flask], Shop]:
    return lambda app: Shop(app, tokens, sandbox.url)


@pytest.fixture
def shop(app: Flask, shop_on: Callable[[Flask], Shop]) -> Shop:
    return shop_on(app)


@pytest.fixture
def pass_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[timedelta], None]:
    """Return what lets time pass on every clock that reads the file."""
    file = tmp_path / "clock"
    monkeypatch.setenv("CLOCK_FILE", str(file))

    def let_pass(time: timedelta) -> None:
        known = int(file.read_text()) if file.exists() else 0
        file.write_text(str(known + int(time.total_seconds())))

    return let_pass
