"""Contract tests between the services.

Every message of a scenario is checked against its schema and against the consumer that
reads it, and every HTTP exchange against the OpenAPI document of the called service.
"""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from traffic import Recorder, problems

import order_svc.consumers
import payment_svc.consumers
from chassis.messaging import inbox

EVENTS = Path(__file__).parents[1] / "docs" / "events"
HANDLERS = {**order_svc.consumers.HANDLERS, **payment_svc.consumers.HANDLERS}


def schemas():
    """Return the published JSON Schemas by event type."""
    paths = EVENTS.glob("*.schema.json")
    return {
        p.name.removesuffix(".schema.json"): json.loads(p.read_text()) for p in paths
    }


@pytest.fixture(scope="module")
def played(running_shop, tmp_path_factory):
    """Return a shop after the scenario, and the recorders of its HTTP traffic.

    Tests only read it, because playing the scenario takes long.
    """
    with running_shop(tmp_path_factory.mktemp("shop")) as shop:
        recorders = {name: Recorder(app) for name, app in shop.apps.items()}
        for name, recorder in recorders.items():
            shop.late[name].app = recorder
        play(shop)
        yield shop, recorders


@pytest.fixture
def scenario(played):
    """Return a shop after the scenario."""
    return played[0]


@pytest.fixture
def recorders(played):
    """Return the recorders of the scenario's HTTP traffic, by service."""
    return played[1]


def play(shop):
    """Play a scenario that publishes every type of message."""
    asha = shop.sign_up("asha")
    staff = shop.sign_in_staff()
    lamp = shop.product(staff, stock=9)
    paid = shop.order(asha, lamp, quantity=2, expect=201)
    shop.pay(shop.until_link(asha, paid))
    shop.until_status(asha, paid, "success")
    cancelled = shop.order(asha, lamp, expect=201)
    shop.until_link(asha, cancelled)
    path = f"/orders/{cancelled['id']}/cancel/"
    shop.call("POST", "orders", path, asha, expect=202)
    shop.until_status(asha, cancelled, "cancelled")
    for decision, end in (("accept", "success"), ("refund", "failed")):
        reviewed = shop.order(asha, lamp, expect=201)
        shop.until_reviewed(asha, reviewed, fee=1178)
        shop.work()
        shop.resolve(reviewed, decision)
        shop.until_status(asha, reviewed, end)
    shop.order(asha, lamp, quantity=99, expect=409)
    _request_excessive_refund(shop, paid)
    _dispute(shop, staff, paid)
    refund = {"reason": "Too bright"}
    path = f"/orders/{paid['id']}/refund/"
    shop.call("POST", "orders", path, staff, json=refund, expect=202)
    shop.until_status(asha, paid, "refunded")
    for name in ("orders", "payments", "products"):
        listing = f"/{name}/"
        page = shop.call("GET", name, listing, staff, expect=200)["data"]
        shop.call("GET", name, f"{listing}{page[0]['id']}/", staff, expect=200)
    shop.call("GET", "orders", f"/orders/{paid['id']}/timeline/", asha, expect=200)
    shop.work()


def _dispute(shop, staff, order):
    """Raise a dispute about an order's payment, and let the bank lose it."""
    payment = shop.payment(staff, order)
    path = f"/control/payments/{payment['razorpay_payment_id']}/dispute/"
    raised = shop.control(path, phase="chargeback")
    shop.until(lambda: "payment.disputed" in _types(shop), "the dispute is published")
    shop.call("GET", "payments", f"/payments/{payment['id']}/disputes/", staff)
    shop.call("GET", "payments", f"/payments/{payment['id']}/attempts/", staff)
    shop.control(f"/control/disputes/{raised['id']}/", status="won")
    shop.until(lambda: "won" in _statuses(shop), "the end is published")
    shop.work()


def _statuses(shop):
    found = messages(shop)
    return {m["data"]["status"] for m in found if m["type"] == "payment.disputed"}


def _request_excessive_refund(shop, order):
    """Request a refund above the paid amount, which payment-svc answers with failed."""
    from order_svc.extensions import db
    from order_svc.models import Outbox

    with shop.apps["orders"].app_context():
        data = {
            "order_id": order["id"],
            "payment_id": 1,
            "amount": "99999.00",
            "reason": "staff",
            "n": 99,
        }
        subject = f"orders/{order['id']}"
        event = Outbox.event(
            "payment-commands", "/order-svc", "refund.requested", subject, data
        )
        db.session.add(event)
        db.session.commit()
    shop.until(lambda: "refund.failed" in _types(shop), "refund.failed is published")


def messages(shop):
    """Return every message that the shop has published."""
    published = [*shop.rows("orders", "outbox"), *shop.rows("payments", "outbox")]
    return [row.envelope() for row in published]


def _types(shop):
    return {message["type"] for message in messages(shop)}


def test_every_message_matches_its_schema_and_is_parsed_by_its_consumer(scenario):
    published = schemas()

    found = messages(scenario)

    assert {message["type"] for message in found} == set(published)
    for message in found:
        Draft202012Validator(published[message["type"]]).validate(message)
        assert inbox.parse(json.dumps(message), HANDLERS).type == message["type"]


def test_every_message_is_handled_exactly_once(scenario):
    for name, other in (("orders", "payments"), ("payments", "orders")):
        published = {row.event_id for row in scenario.rows(name, "outbox")}
        handled = [row.event_id for row in scenario.rows(other, "inbox")]
        assert published == set(handled)
        assert len(handled) == len(published)
        assert scenario.rows(other, "quarantine") == []


def test_every_message_type_has_a_consumer_and_is_documented():
    page = (EVENTS.parent / "events.md").read_text()

    assert set(HANDLERS) == set(schemas())
    assert all(f"`{name}`" in page for name in HANDLERS)


def test_every_http_exchange_matches_the_openapi_document(scenario, recorders):
    wrong = []
    for name, recorder in recorders.items():
        spec = scenario.apps[name].extensions["openapi"].to_dict()
        spec = json.loads(json.dumps(spec))
        for exchange in recorder.seen:
            if exchange.path != "/.well-known/jwks.json":
                wrong += problems(spec, exchange)

    assert sorted(set(wrong)) == []
    assert all(recorder.seen for recorder in recorders.values())
