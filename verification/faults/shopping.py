"""What customers and staff do during a run; the history records every action."""

import random
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from verification.faults.browser import Browser, Reply
from verification.faults.history import FAIL, INFO, OK, History

TRIES = 4
SIGN_IN_TRIES = 7  # 25 seconds: user-svc may have crashed and be starting again
PASSWORD = "a-long-walk-in-the-rain"  # noqa: S105


@dataclass
class Market:
    """The data that all clients of a run share."""

    addresses: dict[str, str]
    history: History
    products: list[int]
    staff: Browser
    sandbox: str
    mails: Path
    over: threading.Event = field(default_factory=threading.Event)
    lost_callbacks: float = 0.3  # the share of customers that never return
    patience: int = 0  # how often customers ask again for an order in progress


class Customer:
    """A customer that acts until the run is over."""

    def __init__(self, market: Market, name: str, seed: str) -> None:
        self.market, self.name = market, name
        self.random = random.Random(seed)
        self.browser = Browser(market.addresses)
        self.email = f"{name}-{uuid.uuid4().hex[:12]}@shop.example"
        self.user_id = 0
        self.refresh_token = ""
        self.paid: list[int] = []

    # ---- account ----
    def register(self) -> None:
        """Register and sign in, before any fault starts."""
        body = {"name": self.name.title(), "email": self.email, "password": PASSWORD}
        made = self.browser.call("POST", "user-svc", "/user/register/", json=body)
        if not made.is_ok:
            raise RuntimeError(f"no account for {self.name}: {made}")
        self.user_id = made.data["id"]
        self.sign_in()

    def sign_in(self) -> None:
        """Get the tokens of a new session."""
        body = {"email": self.email, "password": PASSWORD}
        pair = persist(
            self.browser, "POST", "user-svc", "/user/login/", SIGN_IN_TRIES, json=body
        )
        if not pair.is_ok:
            raise RuntimeError(f"{self.name} cannot sign in: {pair}")
        self._keep(pair.data)

    def refresh(self) -> None:
        """Refresh the session; a lost answer is retried within the grace period."""
        body = {"refresh_token": self.refresh_token}
        reply = self._persist("POST", "user-svc", "/user/token/refresh/", json=body)
        self._note("refresh", reply)
        if reply.is_ok:
            self._keep(reply.data)

    def try_again(self, refresh_token: str) -> None:
        """Use a session that a reset has ended."""
        body = {"refresh_token": refresh_token}
        reply = self._persist("POST", "user-svc", "/user/token/refresh/", json=body)
        self._note("outlive", reply)

    def _keep(self, pair: dict[str, Any]) -> None:
        self.browser.token = pair["access_token"]
        self.refresh_token = pair["refresh_token"]

    # ---- acts ----
    def shop(self) -> None:
        """Act until the run is over."""
        acts, weights = zip(*ACTS, strict=True)
        while not self.market.over.is_set():
            act = self.random.choices(acts, weights)[0]
            act(self)
            self.market.over.wait(self.random.uniform(0.02, 0.25))

    def place(self) -> int | None:
        """Order one to three products; return the order's id if it is known."""
        chosen = self.random.sample(self.market.products, self.random.randint(1, 3))
        items = [
            {"product_id": p, "quantity": self.random.randint(1, 3)} for p in chosen
        ]
        key = str(uuid.uuid4())
        reply = self._order(json={"items": items}, headers={"Idempotency-Key": key})
        order = reply.data if reply.is_ok else {}
        facts = {"key": key, "order_id": order.get("id"), "items": items}
        self._note("place", reply, **facts)
        self._saw(order)
        return order.get("id")

    def _order(self, **more: Any) -> Reply:
        """Order; wait for an answer that has not come in time, if it is in progress."""
        reply = self._persist("POST", "order-svc", "/orders/", **more)
        for _ in range(self.market.patience):
            if not reply.is_in_progress:
                break
            reply = self._persist("POST", "order-svc", "/orders/", **more)
        return reply

    def get_order(self, order_id: int) -> dict[str, Any] | None:
        """Read an order, and record its status."""
        reply = self.browser.call("GET", "order-svc", f"/orders/{order_id}/")
        self._complain(reply)
        if not reply.is_ok:
            return None
        self._saw(reply.data)
        found: dict[str, Any] = reply.data
        return found

    def await_link(self, order_id: int) -> str | None:
        """Wait up to four seconds for the link of an order."""
        for _ in range(40):
            order = self.get_order(order_id)
            if order and (url := (order["payment"] or {}).get("short_url")):
                return str(url)
            if order and order["status"] != "pending":
                return None
            if self.market.over.wait(0.1):
                return None
        return None

    def buy(self) -> None:
        """Order and pay on Razorpay's page; the callback may be lost."""
        if (order_id := self.place()) and (url := self.await_link(order_id)):
            self.pay(order_id, url)

    def pay(self, order_id: int, url: str) -> None:
        """Press *Pay*."""
        is_lost = self.random.random() < self.market.lost_callbacks
        status = self.browser.press(f"{url}/pay", is_followed=not is_lost)
        outcome = OK if status in (200, 303) else INFO if status == 0 else FAIL
        self.market.history.note(self.name, "pay", outcome, order_id=order_id)
        if outcome == OK:
            self.paid.append(order_id)

    def abandon(self) -> None:
        """Order and never pay."""
        self.place()

    def give_up(self) -> None:
        """Order, perhaps wait for the link, and cancel."""
        if order_id := self.place():
            if self.random.random() < 0.5:
                self.await_link(order_id)
            self.cancel(order_id)

    def cancel(self, order_id: int) -> None:
        """Cancel an order."""
        path = f"/orders/{order_id}/cancel/"
        reply = self._persist("POST", "order-svc", path)
        self._note("cancel", reply, order_id=order_id)

    def change_mind(self) -> None:
        """Pay and cancel at the same moment."""
        if (order_id := self.place()) and (url := self.await_link(order_id)):
            browser = Browser(self.market.addresses)
            twin = threading.Thread(
                target=browser.press, args=(f"{url}/pay",), kwargs={"is_followed": True}
            )
            twin.start()
            self.cancel(order_id)
            twin.join()

    def pay_oddly(self) -> None:
        """Pay twice, too little, or after the link has expired."""
        if not (order_id := self.place()) or not (url := self.await_link(order_id)):
            return
        payment = self.payment(order_id)
        if payment is None:
            return
        link = payment["razorpay_payment_link_id"]
        odd = self.random.choice((pay_twice, pay_less, pay_late))
        odd(self, order_id, url, link)

    def payment(self, order_id: int) -> dict[str, Any] | None:
        """Return the payment of an order, or None when it cannot be read."""
        path = f"/payments/?order_id={order_id}"
        reply = self.browser.call("GET", "payment-svc", path)
        self._complain(reply)
        rows = reply.data["data"] if reply.is_ok else []
        return rows[0] if rows else None

    def control(self, link: str, verb: str, **body: Any) -> bool:
        """Act on a payment link; return whether the sandbox has done it."""
        return bool(self.command(f"links/{link}/{verb}", **body))

    def command(self, path: str, **body: Any) -> dict[str, Any]:
        """Call the sandbox's control API; return the answer, {} if it failed."""
        url = f"{self.market.sandbox}/control/{path}/"
        try:
            answer = self.browser.http.post(url, json=body or None, timeout=6)
            found: dict[str, Any] = answer.json() if answer.ok else {}
        except (OSError, ValueError):
            return {}
        return found

    def view_again(self) -> None:
        """Read a paid order."""
        if self.paid:
            self.get_order(self.random.choice(self.paid))

    def complain_to_staff(self) -> None:
        """Let staff refund all or a part, with or without a restock."""
        if not self.paid:
            return
        order = self.get_order(self.random.choice(self.paid))
        if order is None or order["status"] != "success":
            return
        body = self._refund_body(order)
        path = f"/orders/{order['id']}/refund/"
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        reply = persist(
            self.market.staff, "POST", "order-svc", path, json=body, headers=headers
        )
        self._note("refund", reply, order_id=order["id"])

    def _refund_body(self, order: dict[str, Any]) -> dict[str, Any]:
        line = self.random.choice(order["items"])
        goods = {"product_id": line["product_id"], "quantity": 1}
        body: dict[str, Any] = {"reason": "not as described"}
        if self.random.random() < 0.5:
            body["items"] = [goods]
        if self.random.random() < 0.5:
            body["amount"] = "1.00"
        return body

    # ---- notes ----
    def _persist(self, method: str, service: str, path: str, **more: Any) -> Reply:
        return persist(self.browser, method, service, path, **more)

    def _note(self, does: str, reply: Reply, **facts: Any) -> None:
        self._complain(reply)
        self.market.history.note(
            self.name, does, reply.outcome, status=reply.status, **facts
        )

    def _saw(self, order: dict[str, Any]) -> None:
        if order:
            facts = {"order_id": order["id"], "status": order["status"]}
            owner = order["user_id"]
            facts |= {"owner": owner, "user_id": self.user_id}
            self.market.history.note(self.name, "see", OK, **facts)

    def _complain(self, reply: Reply) -> None:
        if reply.complaint:
            facts = {"complaint": reply.complaint}
            self.market.history.note(self.name, "complain", INFO, **facts)


def persist(
    browser: Browser,
    method: str,
    service: str,
    path: str,
    tries: int = TRIES,
    **more: Any,
) -> Reply:
    """Retry with the same key until the outcome is known."""
    for attempt in range(tries):
        reply = browser.call(method, service, path, **more)
        if reply.outcome != INFO or reply.complaint:
            break
        threading.Event().wait(0.2 * 2**attempt)
    return reply


def pay_twice(customer: Customer, order_id: int, url: str, link: str) -> None:
    """Let a second payment of one link be captured."""
    customer.pay(order_id, url)
    customer.control(link, "pay", again=True)


def pay_less(customer: Customer, _order_id: int, _url: str, link: str) -> None:
    """Let a wrong amount be captured, which needs a review."""
    customer.control(link, "pay", amount=100)


def pay_late(customer: Customer, _order_id: int, _url: str, link: str) -> None:
    """Let a payment of an expired link be captured."""
    customer.control(link, "expire")
    customer.market.over.wait(customer.random.uniform(0, 1.5))
    customer.control(link, "pay", late=True)


ACTS: tuple[tuple[Callable[[Customer], None], int], ...] = (
    (Customer.buy, 50),
    (Customer.abandon, 10),
    (Customer.give_up, 10),
    (Customer.change_mind, 8),
    (Customer.pay_oddly, 8),
    (Customer.view_again, 6),
    (Customer.complain_to_staff, 8),
    (Customer.refresh, 3),
)
