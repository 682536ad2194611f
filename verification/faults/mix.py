"""The same customer actions in each visit, so that every failpoint is passed."""

import contextlib
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from devtools.local import mailbox
from verification.faults.shopping import PASSWORD, Customer, persist
from verification.faults.waiting import wait_for

PATIENCE = 20.0
FEE = 236  # paise: the customer bears it, so the payment needs a review


def first_half(customers: list[Customer]) -> None:
    """Let every customer do each action once, all at the same time."""
    _together(_shop, customers)


def second_half(customers: list[Customer]) -> None:
    """Let staff refund a part of each paid order, and a bank dispute one of them."""
    _together(_return, customers)


def _together(act: Callable[[Customer], None], customers: list[Customer]) -> None:
    with ThreadPoolExecutor(len(customers)) as pool:
        list(pool.map(act, customers))


def _shop(customer: Customer) -> None:
    customer.sign_in()
    customer.refresh()
    change_password(customer)
    reset_password(customer)
    customer.buy()
    customer.give_up()
    customer.abandon()
    customer.change_mind()
    pay_a_fee(customer)


def pay_a_fee(customer: Customer) -> None:
    """Pay the price and a fee, and wait until the order knows of the review."""
    order_id = customer.place()
    if not order_id or not customer.await_link(order_id):
        return
    payment = customer.payment(order_id)
    if payment is None:
        return
    customer.control(payment["razorpay_payment_link_id"], "pay", fee=FEE)

    def is_under_review() -> bool:
        order = customer.get_order(order_id)
        return bool(order and order["notice"])

    with contextlib.suppress(TimeoutError):
        wait_for(is_under_review, f"order {order_id} is under review", PATIENCE)


def dispute(customer: Customer, payment: dict[str, Any]) -> None:
    """Let a bank raise a dispute of a payment, and end it once it is known."""
    path = f"payments/{payment['razorpay_payment_id']}/dispute"
    raised = customer.command(path, phase="chargeback")
    if not raised:
        return

    def is_known() -> bool:
        path = f"/payments/{payment['id']}/disputes/"
        reply = customer.market.staff.call("GET", "payment-svc", path)
        return bool(reply.is_ok and reply.data["data"])

    with contextlib.suppress(TimeoutError):
        wait_for(is_known, f"payment {payment['id']} is disputed", PATIENCE)
    customer.command(f"disputes/{raised['id']}", status="closed")


def change_password(customer: Customer) -> None:
    """Set the same password again, to pass the failpoints."""
    body = {"current_password": PASSWORD, "new_password": PASSWORD}
    customer.browser.call("POST", "user-svc", "/user/me/password/", json=body)


def reset_password(customer: Customer) -> None:
    """Request a password reset, read the mail, confirm it and sign in again."""
    token = _mailed_token(customer)
    if not token:
        return
    old = customer.refresh_token
    body = {"token": token, "new_password": PASSWORD}
    path = "/user/password-reset/confirm/"
    if persist(customer.browser, "POST", "user-svc", path, json=body).is_ok:
        customer.try_again(old)
    customer.sign_in()


def _mailed_token(customer: Customer) -> str:
    """Request a token and wait for the mail; return "" when none arrives in time."""
    folder, body = customer.market.mails, {"email": customer.email}
    known = mailbox.files(folder)
    persist(customer.browser, "POST", "user-svc", "/user/password-reset/", json=body)

    def newest() -> str:
        mails = mailbox.mails(folder, customer.email, "A new password", known)
        return mailbox.token(mails[-1]) if mails else ""

    with contextlib.suppress(TimeoutError):
        return wait_for(newest, f"{customer.name} has mail", PATIENCE, pause=0.2)
    return ""


def _return(customer: Customer) -> None:
    """Refund one rupee twice and restock one unit of each successful order."""
    paid, customer.paid = customer.paid, []
    for order_id in paid:
        order = _await_success(customer, order_id)
        if order is None:
            continue
        goods = {"product_id": order["items"][0]["product_id"], "quantity": 1}
        body = {"amount": "1.00", "items": [goods], "reason": "came back"}
        _refund(customer, "order-svc", f"/orders/{order_id}/refund/", body)
        body = {"amount": "1.00", "reason": "for the trouble"}
        if payment := customer.payment(order_id):
            path = f"/payments/{payment['id']}/refund/"
            _refund(customer, "payment-svc", path, body)
            dispute(customer, payment)


def _refund(customer: Customer, service: str, path: str, body: dict[str, Any]) -> None:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    staff = customer.market.staff
    persist(staff, "POST", service, path, json=body, headers=headers)


def _await_success(customer: Customer, order_id: int) -> dict[str, Any] | None:
    """Return the order once its status is success, or None after a time limit."""

    def poll() -> dict[str, Any] | None:
        order = customer.get_order(order_id)
        return order if order and order["status"] == "success" else None

    with contextlib.suppress(TimeoutError):
        return wait_for(poll, f"order {order_id} is a success", PATIENCE)
    return None
