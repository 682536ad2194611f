"""The panel: closed to strangers, and no way to type a state or an amount."""

import json
import re

import pytest

from chassis.http import Answer
from payment_svc.extensions import db
from payment_svc.models import (
    Dispute,
    DisputeHistory,
    Payment,
    PaymentAttempt,
    PaymentHistory,
    RefundHistory,
    WebhookEvent,
)
from payment_svc.steps import Context

# Flask-Admin's own select fields are older than WTForms 3.3.
pytestmark = pytest.mark.filterwarnings("ignore:Yielding raw tuples:DeprecationWarning")
OURS = (
    "payment",
    "refund",
    "paymenthistory",
    "refundhistory",
    "auditlog",
    "webhookevent",
    "paymentattempt",
    "dispute",
    "disputehistory",
    "reconciliationrun",
    "reconciliationdrift",
)


class UserSvc:
    """Stands for user-svc: it knows one member of staff and takes any password."""

    def __init__(self, role="staff"):
        self.me = {"id": 900, "name": "Asha", "email": "asha@example.com", "role": role}
        self.pool = {}

    def call(self, method, path, **_):
        tokens = {"access_token": "a", "refresh_token": "r"}
        return Answer(200, self.me if path == "/user/me/" else tokens)


class Panel:
    """A browser at the panel."""

    def __init__(self, client):
        self.client = client

    def get(self, path):
        return self.client.get(f"/admin/{path}", headers={"Accept": "text/html"})

    def post(self, path, page="", **form):
        """Post a form with the token of the page that it stands on."""
        shown = self.get(page or path).text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', shown)
        assert token, shown[:500]
        return self.client.post(
            f"/admin/{path}",
            data={"csrf_token": token[1], **form},
            follow_redirects=True,
            headers={"Accept": "*/*"},
        )


@pytest.fixture
def user_svc(app):
    real = app.extensions["user_svc_sign_in"]
    yield lambda role: app.extensions.update(user_svc_sign_in=UserSvc(role))
    app.extensions["user_svc_sign_in"] = real


@pytest.fixture
def panel(client, user_svc):
    user_svc("staff")
    browser = Panel(client)
    answer = browser.post("login/", email="asha@example.com", password="x")
    assert answer.status_code == 200
    return browser


def addresses(app):
    return [
        (re.sub(r"<[^>]+>", "csv", rule.rule), method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/admin/")
        and rule.endpoint not in ("admin.login", "admin.static")
    ]


def test_the_panel_is_closed_to_everybody_who_is_not_signed_in(shop, tokens, subtests):
    payment_id = shop.row("issued")

    for path, method in addresses(shop.app):
        for headers in (None, tokens.admin()):
            answer = shop.call(method, path, headers, data={"id": str(payment_id)})

            with subtests.test(f"{method} {path}"):
                assert answer.status_code == (302 if method == "GET" else 403)
    [payment] = shop.rows(Payment)
    assert payment.state == "issued"


def test_a_customer_cannot_sign_in(client, user_svc):
    user_svc("customer")

    answer = Panel(client).post("login/", email="c@example.com", password="x")

    assert answer.status_code == 403


def test_every_table_is_registered(app):
    registered = {view.model for view in app.extensions["admin"][0]._views[1:]}

    assert registered == {mapper.class_ for mapper in db.Model.registry.mappers}


def test_every_view_lists_searches_filters_and_shows(shop, panel, client, subtests):
    payment_id = shop.row("captured", outcome="kept")
    for view in OURS:
        for query in ("", "?search=captured", "?flt0_id_equals=1", "?sort=1&desc=1"):
            with subtests.test(f"{view} {query}"):
                assert panel.get(f"{view}/{query}").status_code == 200
        with subtests.test(f"{view} export"):
            assert panel.get(f"{view}/export/csv/").status_code == 200
    shown = panel.get(f"payment/details/?id={payment_id}")
    assert shown.status_code == 200
    assert "499.00" in shown.text


def test_nothing_can_be_made_typed_or_deleted(shop, panel, subtests):
    payment_id = shop.row("issued")
    for view in OURS:
        for verb in ("new", "edit", "delete"):
            path = f"{view}/{verb}/?id={payment_id}"
            page = "payment/"
            answer = panel.post(path, page, id=payment_id, state="captured", amount="1")

            with subtests.test(f"{view} {verb}"):
                assert answer.status_code in (200, 403, 404)
    [payment] = shop.rows(Payment)
    assert (payment.state, f"{payment.amount}") == ("issued", "499.00")
    assert shop.rows(PaymentHistory) == []


def test_staff_cancel_a_link_in_the_panel(shop, panel):
    order = shop.issued()
    payment_id = shop.payment(order).id

    panel.post("payment/action/", "payment/", action="cancel", rowid=payment_id)
    shop.work()

    assert shop.payment(order).status == "CANCELLED"


def test_staff_have_razorpay_asked_in_the_panel(shop, panel):
    order = shop.issued()
    shop.pay(order)

    panel.post(
        "payment/action/",
        "payment/",
        action="check",
        rowid=shop.payment(order).id,
    )
    shop.work()

    assert shop.payment(order).status == "COMPLETED"


def test_staff_process_a_webhook_again_in_the_panel(shop, panel, send_webhook):
    order = shop.issued()
    entity = {"id": shop.link(order)}
    payload = {"payment_link": {"entity": entity}}
    body = json.dumps({"event": "payment_link.paid", "payload": payload})
    send_webhook(body.encode())
    shop.work()
    [row] = shop.rows(WebhookEvent)
    shop.pay(order)

    panel.post("webhookevent/action/", "webhookevent/", action="replay", rowid=row.id)
    shop.work()

    assert shop.payment(order).state == "captured"
    assert shop.rows(WebhookEvent)[0].processed_at > row.processed_at


def test_webhooks_that_are_processed_again_change_nothing_twice(
    shop, panel, send_webhook
):
    order = shop.captured()
    pay_id = shop.payment(order).razorpay_payment_id
    shop.control(f"payments/{pay_id}/refund", amount=30000)
    shop.control(f"payments/{pay_id}/dispute")
    for event in shop.ledger("events"):
        body = json.dumps(event["body"]).encode()
        send_webhook(body)
    shop.work()

    def counts():
        tables = (PaymentHistory, RefundHistory, DisputeHistory, PaymentAttempt)
        return [len(shop.rows(table)) for table in tables], shop.kinds(order)

    before = counts()
    assert before[1].count("refund.processed") == 1
    assert before[1].count("payment.disputed") == 1
    ids = [row.id for row in shop.rows(WebhookEvent)]

    panel.post("webhookevent/action/", "webhookevent/", action="replay", rowid=ids)
    shop.work()

    assert len(ids) >= 4
    assert counts() == before
    assert len(shop.rows(WebhookEvent)) == len(ids)
    shop.check_books()


@pytest.fixture
def waiting(shop):
    """Return an order whose refund waits for a dispute."""
    order = shop.captured()
    pay_id = shop.payment(order).razorpay_payment_id
    raised = shop.control(f"payments/{pay_id}/dispute")
    with shop.app.app_context():
        work = Context()
        work.disputes.store(raised["id"])
        work.session.commit()
    shop.work()
    shop.refund(order, "499.00", "cancelled")
    shop.work()
    assert [row.state for row in shop.refunds(order)] == ["requested"]
    return order


@pytest.mark.parametrize(
    ("role", "state"), [("admin", "processed"), ("staff", "requested")]
)
def test_only_an_admin_refunds_despite_a_dispute_in_the_panel(
    shop, client, user_svc, waiting, role, state
):
    user_svc(role)
    browser = Panel(client)
    browser.post("login/", email="asha@example.com", password="x")
    [refund] = shop.refunds(waiting)

    browser.post("refund/action/", "refund/", action="despite", rowid=refund.id)
    shop.work()

    assert [row.state for row in shop.refunds(waiting)] == [state]


def test_staff_fetch_and_publish_a_dispute_again_in_the_panel(shop, panel, waiting):
    [dispute] = shop.rows(Dispute)
    shop.control(f"disputes/{dispute.razorpay_dispute_id}", status="under_review")

    for action in ("check", "publish"):
        panel.post("dispute/action/", "dispute/", action=action, rowid=dispute.id)
        shop.work()

    [dispute] = shop.rows(Dispute)
    assert dispute.status == "under_review"
    statuses = [e["status"] for e in shop.published(waiting, "payment.disputed")]
    assert statuses == ["open", "under_review", "under_review"]
