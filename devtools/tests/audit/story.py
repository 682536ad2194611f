"""A shop of the services' own code in which everything happens once, quickly.

Databases, managers, consumers, steps and the Razorpay sandbox are the real ones; the
queue and the calls between services are a few lines here.
"""

import json
import uuid
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import requests
from sqlalchemy import select

import order_svc.consumers
import order_svc.managers
import order_svc.models as orders
import order_svc.steps
import payment_svc.consumers
import payment_svc.models as payments
import payment_svc.steps
from chassis import clock
from chassis.messaging import inbox
from payment_svc.jobs import check_disputes, check_payments, check_refunds
from payment_svc.models import Payment
from product_svc.managers import ProductManager, ReservationManager
from user_svc.keyring import Keyring
from user_svc.managers.sessions import SessionManager
from user_svc.managers.users import UserManager

CONSUMERS = {
    "payment-commands": ("payment-svc", payment_svc.consumers.HANDLERS),
    "order-events": ("order-svc", order_svc.consumers.HANDLERS),
}
OUTBOXES = {"order-svc": orders.Outbox, "payment-svc": payments.Outbox}
SECRET = "a-secret-of-the-story-that-is-long-enough-0123456789"
PRICE = Decimal("499.00")


class Shop:
    """Four services and what happens to them."""

    def __init__(self, apps, sandbox):
        self.apps, self.sandbox = apps, sandbox
        self.user = self.gone = self.lamp = 0

    @contextmanager
    def at(self, service):
        """Work in a service: its session, committed at the end."""
        app = self.apps[service]
        with app.app_context():
            session = app.extensions["sqlalchemy"].session
            try:
                yield session
                session.commit()
            finally:
                session.remove()

    # ---- what people do ----
    def open(self):
        """Put a lamp on sale and let two people sign in, one of whom leaves."""
        with self.at("product-svc") as session:
            fields = {"name": "A brass lamp", "price": PRICE, "stock_quantity": 20}
            self.lamp = ProductManager(session).create(fields).id
        self.user = self._sign_in("asha")
        self.gone = self._sign_in("ravi")
        with self.at("user-svc") as session:
            manager = UserManager(session)
            manager.delete(manager.lock(self.gone))

    def _sign_in(self, name):
        with self.at("user-svc") as session:
            user = UserManager(session).register(name, f"{name}@shop.example", "hash")
            sessions = SessionManager(session, Keyring(SECRET))
            grant = sessions.start(user.id, "hash", timedelta(days=30))
            sessions.rotate(grant.refresh_token, timedelta(seconds=60))
            return user.id

    def place(self, quantity=1, staff=None):
        """Order lamps with a key; return the order's id once it has its link.

        With `staff`, a member of staff orders for the customer.
        """
        caller = f"user:{staff or self.user}"
        with self.at("order-svc") as session:
            customer = order_svc.managers.Customer(self.user, "Asha", "a@shop.example")
            lines = {self.lamp: quantity}
            order_id = (
                order_svc.steps.Context.start(caller).orders.place(customer, lines).id
            )
            session.add(self._key(order_id, caller))
        self._reserve(order_id, lines)
        self.work()
        return order_id

    def _key(self, order_id, caller):
        return orders.IdempotencyKey(
            caller=caller,
            route="POST /orders",
            key=str(uuid.uuid4()),
            fingerprint="0" * 64,
            leased_until=clock.now(),
            resource_id=order_id,
            status=201,
        )

    def _reserve(self, order_id, lines):
        with self.at("product-svc") as session:
            found = ReservationManager(session).reserve(order_id, lines, 2700)
            items = found.reservation.items
            prices = {item.product_id: (item.name, item.price) for item in items}
        with self.at("order-svc"):
            saga = order_svc.steps.Context.start().saga
            if found.refusal is None:
                saga.mark_reserved(order_id, prices)
            else:
                saga.reject(order_id, {"code": found.refusal.code, "detail": ""})

    def pay(self, order_id, **how):
        """Pay an order's link in the sandbox, and let payment-svc poll it."""
        self._control(order_id, "pay", **how)
        self._poll(order_id)

    def expire(self, order_id):
        """Let an order's link expire, and let payment-svc poll it."""
        self._control(order_id, "expire")
        self._poll(order_id)

    def _control(self, order_id, verb, **how):
        link = self.payment(order_id).razorpay_payment_link_id
        url = f"{self.sandbox.url}/control/links/{link}/{verb}/"
        assert requests.post(url, json=how, timeout=10).ok

    def _poll(self, order_id):
        payment = self.payment(order_id)
        with self.at("payment-svc"):
            payment_svc.steps.poll(payment_svc.steps.Context(), payment)
        self.work()

    def payment(self, order_id):
        """Return an order's own payment, detached."""
        with self.at("payment-svc") as session:
            found = select(Payment).filter_by(order_id=str(order_id), kind="PRIMARY")
            payment = session.scalar(found)
            session.expunge(payment)
            return payment

    def cancel(self, order_id):
        """Cancel an order."""
        with self.at("order-svc"):
            order_svc.steps.Context.start().orders.cancel(order_id)
        self.work()

    def refund(self, order_id, amount=None, items=()):
        """Return money as staff do, and goods."""
        with self.at("order-svc"):
            order_svc.steps.Context.start().orders.refund(
                order_id, amount=amount, items=dict(items), note="requested"
            )
        self.work()

    def refund_directly(self, order_id, amount):
        """Return money at payment-svc."""
        payment_id = self.payment(order_id).id
        with self.at("payment-svc"):
            work = payment_svc.steps.Context()
            payment = work.payments.lock(payment_id)
            work.refunds.request_direct(payment, amount, "broken", is_admin=True)
        self.work()

    def refund_elsewhere(self, order_id, amount=None):
        """Refund in Razorpay's dashboard; payment-svc does not know it yet."""
        pay_id = self.payment(order_id).razorpay_payment_id
        url = f"{self.sandbox.url}/control/payments/{pay_id}/refund/"
        body = {} if amount is None else {"amount": amount}
        assert requests.post(url, json=body, timeout=10).ok
        if amount is None:
            self._poll(order_id)

    def dispute(self, order_id, status="open"):
        """Let the customer's bank dispute a payment, and decide the dispute."""
        pay_id = self.payment(order_id).razorpay_payment_id
        control = f"{self.sandbox.url}/control"
        url = f"{control}/payments/{pay_id}/dispute/"
        raised = requests.post(url, json={}, timeout=10).json()
        for step in ({}, {"status": status}):
            if step:
                url = f"{control}/disputes/{raised['id']}/"
                assert requests.post(url, json=step, timeout=10).ok
            with self.at("payment-svc"):
                payment_svc.steps.Context().disputes.store(raised["id"])
            self.work()

    def decide(self, order_id, decision):
        """Decide a payment under review: `accept` or `reject`."""
        payment_id = self.payment(order_id).id
        with self.at("payment-svc"):
            getattr(payment_svc.steps.Context().review, decision)(payment_id, "seen")
        self.work()

    def send(self, **event):
        """Put an event of order-svc into its outbox."""
        with self.at("order-svc") as session:
            session.add(orders.Outbox.event("payment-commands", "/order-svc", **event))
        self.work()

    # ---- what the workers do ----
    def work(self):
        """Do all that is due until there is nothing left."""
        while any([self._relay("order-svc"), self._relay("payment-svc"), self._due()]):
            pass

    def _relay(self, sender):
        table = OUTBOXES[sender]
        with self.at(sender) as session:
            rows = session.scalars(select(table).filter_by(published_at=None)).all()
            messages = [(row.queue, json.dumps(row.envelope())) for row in rows]
            for row in rows:
                row.published_at = clock.now()
        for queue, body in messages:
            receiver, handlers = CONSUMERS[queue]
            with self.at(receiver):
                inbox.handle(queue, body, handlers)
        return len(messages)

    def _due(self):
        with self.at("payment-svc"):
            done = check_payments()
            done += check_refunds()
            done += check_disputes()
        with self.at("order-svc") as session:
            unsold = select(orders.Order.id).filter_by(state="paid")
            paid = session.scalars(unsold).all()
            pending = select(orders.StockCommand).filter_by(state="pending")
            commands = session.scalars(pending).all()
            session.expunge_all()
        for order_id in paid:
            self._commit(order_id)
        for command in commands:
            self._execute(command)
        return done + len(paid) + len(commands)

    def _commit(self, order_id):
        with self.at("product-svc") as session:
            refusal = ReservationManager(session).commit(order_id).refusal
        with self.at("order-svc"):
            saga = order_svc.steps.Context.start().saga
            if refusal is None:
                saga.confirm(order_id)
            else:
                saga.refuse_commit(order_id, refusal.code)

    def _execute(self, command):
        with self.at("product-svc") as session:
            manager = ReservationManager(session)
            if command.kind == orders.StockCommandKind.RESTOCK:
                lines = {item["product_id"]: item["quantity"] for item in command.items}
                manager.restock(command.order_id, command.return_id, lines)
            else:
                is_final = command.kind == orders.StockCommandKind.RELEASE_FINAL
                manager.release(command.order_id, final=is_final)
        with self.at("order-svc") as session:
            done = orders.StockCommandState.DONE
            order_svc.managers.record_stock_command(session, command.id, done, "204")


def play(shop):
    """Let everything happen once; return the orders' ids by the result."""
    shop.open()
    paid = "confirmed refunded extra direct elsewhere returned won"
    names = f"{paid} expired cancelled accepted reviewed"
    ids = {name: shop.place() for name in names.split()}
    ids["partly"] = shop.place(2, staff=900)
    for name in (*paid.split(), "partly"):
        shop.pay(ids[name])
    shop.expire(ids["expired"])
    shop.cancel(ids["cancelled"])
    shop.refund(ids["refunded"])
    shop.pay(ids["extra"], again=True)
    for name, decision in (("accepted", "accept"), ("reviewed", "reject")):
        shop.pay(ids[name], amount=60000)
        shop.decide(ids[name], decision)
    shop.refund(ids["partly"], PRICE, {shop.lamp: 1})
    for amount in (20000, 10000):
        shop.refund_elsewhere(ids["elsewhere"], amount)
    shop.refund(ids["elsewhere"])
    shop.refund_elsewhere(ids["returned"])
    shop.refund_directly(ids["direct"], Decimal("10.00"))
    shop.dispute(ids["won"], "won")
    shop.refund(ids["won"], Decimal("10.00"))
    late = ids["late"] = shop.place()
    shop.expire(late)
    shop.pay(late, late=True)
    ids["rejected"] = shop.place(1000)
    shop.send(kind="order.sung", subject=f"orders/{late}", data={"order_id": late})
    return ids
