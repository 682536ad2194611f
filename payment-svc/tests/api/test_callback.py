"""The callback makes a poll due, and proves nothing."""

from urllib.parse import urlencode

import pytest

from chassis import clock
from payment_svc.models import Payment, PaymentHistory, WebhookEvent
from payment_svc.razorpay.signatures import Callback, sign

PATH = "/payments/payment_link_callback/"
JSON = {"Accept": "application/json"}
PAY = "pay_Sb1RfW8nVc40Ub"


def parameters(payment, secret, status="paid", pay_id=PAY):
    callback = Callback(
        payment.razorpay_payment_link_id, payment.receipt, status, pay_id
    )
    return {
        "razorpay_payment_id": pay_id,
        "razorpay_payment_link_id": callback.link_id,
        "razorpay_payment_link_reference_id": callback.reference_id,
        "razorpay_payment_link_status": status,
        "razorpay_signature": sign(callback.message(), secret),
    }


NAMES = list(parameters(Payment(receipt="r", razorpay_payment_link_id="l"), "s"))


@pytest.fixture
def payment(shop):
    return shop.payment(shop.issued())


@pytest.fixture
def good(payment, sandbox):
    return parameters(payment, sandbox.key_secret)


@pytest.fixture
def state(shop):
    """Return what a callback could have changed."""

    def look():
        [row] = shop.rows(Payment)
        history = len(shop.rows(PaymentHistory))
        return row.state, row.next_check_at, row.updated_at, history

    return look


@pytest.fixture
def call(client):
    return lambda query, **more: client.get(f"{PATH}?{urlencode(query)}", **more)


def test_a_good_callback_makes_a_poll_due_at_once(shop, call, good, state):
    answer = call(good, headers=JSON)

    assert (answer.status_code, answer.json["status"]) == (200, "processing")
    assert state()[0] == "issued"
    assert state()[1] <= clock.now()


def test_a_customer_sees_a_page_that_asks_again_until_it_is_paid(shop, client, payment):
    import requests

    page = requests.post(
        f"{payment.razorpay_short_url}/pay", timeout=5, allow_redirects=False
    )
    back = page.headers["Location"].removeprefix("http://127.0.0.1")

    first = client.get(back)
    shop.work()
    again = client.get(back, headers=JSON)
    last = client.get(back)

    assert (first.status_code, first.mimetype) == (200, "text/html")
    nonce = first.headers["Content-Security-Policy"].split("'nonce-")[1].split("'")[0]
    assert f'<script nonce="{nonce}">' in first.text
    assert 'data-status="processing"' in first.text
    assert first.headers["Cache-Control"] == "no-store"
    assert again.json == {
        "order_id": int(payment.order_id),
        "status": "paid",
        "amount": "499.00",
        "currency": "INR",
    }
    assert 'data-status="paid"' in last.text
    assert "<script" not in last.text


@pytest.mark.parametrize("name", NAMES)
def test_a_callback_without_one_parameter_changes_nothing(call, good, state, name):
    before = state()

    answer = call({k: v for k, v in good.items() if k != name})

    assert (answer.status_code, answer.json["code"]) == (400, "bad_request")
    assert state() == before


@pytest.mark.parametrize("value", ["", "x", "é", "\x00", "a" * 5000])
@pytest.mark.parametrize("name", NAMES)
def test_a_callback_with_one_parameter_changed_changes_nothing(
    call, good, state, name, value
):
    before = state()

    answer = call({**good, name: value})

    assert answer.status_code == 400
    assert state() == before


@pytest.mark.parametrize("name", NAMES)
def test_a_callback_with_one_parameter_doubled_changes_nothing(call, good, state, name):
    before = state()

    answer = call([*good.items(), (name, good[name])])

    assert answer.status_code == 400
    assert state() == before


def test_a_secret_of_the_callers_own_signs_nothing(call, payment, state):
    before = state()
    forged = parameters(payment, "mine")

    answer = call({**forged, "secret": "mine", "razorpay_secret": "mine"})

    assert answer.status_code == 400
    assert state() == before


def test_other_parameters_are_ignored(call, good):
    assert call({**good, "secret": "mine", "utm": "1"}).status_code == 200


@pytest.mark.parametrize("change", [str.upper, lambda s: f" {s}", lambda s: s + "0"])
def test_a_signature_of_another_form_is_refused(call, good, change):
    signature = change(good["razorpay_signature"])

    answer = call({**good, "razorpay_signature": signature})

    assert (answer.status_code, answer.json["code"]) == (400, "invalid_signature")


def test_the_webhooks_secret_does_not_sign_callbacks(call, payment, sandbox):
    forged = parameters(payment, sandbox.webhook_secret)

    assert call(forged).status_code == 400


def test_the_signature_of_another_link_is_refused(shop, call, good, sandbox):
    other = shop.payment(shop.issued())
    theirs = parameters(other, sandbox.key_secret)

    mixed = {**good, "razorpay_signature": theirs["razorpay_signature"]}

    assert call(mixed).status_code == 400


def test_a_well_signed_callback_of_a_link_that_is_not_ours_is_refused(call, sandbox):
    stranger = Payment(receipt="r", razorpay_payment_link_id="plink_Sb1Pq4XyNd83Fe")

    assert call(parameters(stranger, sandbox.key_secret)).status_code == 400


def test_a_well_signed_callback_with_another_reference_is_refused(
    call, payment, sandbox, state
):
    before = state()
    mixed = Payment(
        receipt="another", razorpay_payment_link_id=payment.razorpay_payment_link_id
    )

    assert call(parameters(mixed, sandbox.key_secret)).status_code == 400
    assert state() == before


def test_a_callback_replayed_after_the_refund_changes_nothing(shop, client, sandbox):
    order = shop.captured()
    shop.refund(order, "499.00", "cancelled")
    shop.work()
    payment = shop.payment(order)
    query = parameters(payment, sandbox.key_secret, pay_id=payment.razorpay_payment_id)
    before = payment.next_check_at

    answer = client.get(f"{PATH}?{urlencode(query)}", headers=JSON)

    assert answer.json["status"] == "refunded"
    assert shop.payment(order).next_check_at == before


def test_a_callback_that_lies_about_the_amount_confirms_nothing(
    shop, call, payment, good
):
    call(good)  # signed, yet Razorpay knows of no capture
    shop.work()

    assert shop.payment(int(payment.order_id)).state == "issued"


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("*/*", "text/html"),
        ("application/json", "application/json"),
        ("image/png", "text/html"),
    ],
)
def test_the_form_of_the_answer_follows_accept(call, good, accept, mimetype):
    assert call(good, headers={"Accept": accept}).mimetype == mimetype


def test_a_shop_with_a_page_of_its_own_gets_its_customers_back(make, sandbox, shop_on):
    app = make(
        RAZORPAY_BASE_URL=sandbox.url, SHOP_RETURN_URL="https://shop.example/thanks"
    )
    shop = shop_on(app)
    order = shop.issued()
    query = parameters(shop.payment(order), sandbox.key_secret)

    answer = app.test_client().get(f"{PATH}?{urlencode(query)}")

    assert answer.status_code == 303
    assert answer.location == f"https://shop.example/thanks?order_id={order}"
    assert shop.rows(WebhookEvent) == []
