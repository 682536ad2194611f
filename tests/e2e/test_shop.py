"""End-to-end tests of customers, staff and audit, on any target."""

import re
import secrets
import uuid
from urllib.parse import urljoin

import pytest
import requests

from devtools.demo.client import until
from devtools.layout import SANDBOX, SERVICES
from devtools.local import mailbox

pytestmark = pytest.mark.e2e
PAGES = ("/swagger/", "/redoc/", "/swagger.json", "/swagger.yaml", "/readyz/")
ASSET = re.compile(r'<(?:script|link|img)\b[^>]*?\b(?:src|href)="([^"]+)"')
LIST = re.compile(r'href="(/admin/[a-z_-]+/)"')
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@pytest.fixture
def browser():
    """Return an HTTP session that ignores proxy settings."""
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def product(staff):
    """Return a new product."""
    body = {"name": f"Lamp {uuid.uuid4().hex[:8]}", "price": "499.00"}
    return staff.call(
        "POST", "product-svc", "/products/", 201, json={**body, "stock_quantity": 5}
    )


def buy(client, product):
    """Order one unit, pay and return the order when its status is success."""
    order = client.place({product["id"]: 1}, f"e2e-{uuid.uuid4().hex[:8]}")
    client.pay(client.until_link(order["id"]))
    return client.until_status(order["id"], "success")


@pytest.mark.parametrize("service", SERVICES)
def test_every_page_of_a_service_is_served(target, browser, service):
    for page in PAGES:
        answer = browser.get(target.address(service) + page)
        assert (answer.status_code, page) == (200, page)


@pytest.mark.parametrize("service", SERVICES)
def test_all_assets_of_the_staff_panel_are_served(target, browser, service):
    panel = target.address(service) + "/admin/"
    accounts = target.accounts()
    form = {
        "csrf_token": TOKEN.search(browser.get(panel + "login/").text)[1],
        "email": accounts["DEMO_ADMIN_EMAIL"],
        "password": accounts["DEMO_ADMIN_PASSWORD"],
    }
    welcome = browser.post(panel + "login/", data=form)
    assert "Sign out" in welcome.text
    pages = {panel, *(urljoin(panel, path) for path in LIST.findall(welcome.text))}
    assert len(pages) > 3

    assets = {
        urljoin(page, found)
        for page in pages
        for found in ASSET.findall(browser.get(page).text)
    }

    assert len(assets) > 10
    missing = [url for url in assets if browser.get(url).status_code != 200]
    assert missing == []


def test_the_demo_succeeds(make):
    done = make("demo")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "All steps succeeded" in done.stdout


def test_a_payment_link_opens_locally_and_redirects_to_payment_svc(
    target, asha, product
):
    order = asha.place({product["id"]: 1}, "e2e-link")
    link = asha.until_link(order["id"])

    assert link.startswith(target.address(SANDBOX) + "/")
    back = target.address("payment-svc") + "/payments/payment_link_callback/"
    assert asha.pay(link).startswith(back)


def test_a_refund_by_staff_returns_money_and_stock(asha, staff, product):
    order = buy(asha, product)
    items = [{"product_id": product["id"], "quantity": 1}]
    body = {"items": items, "reason": "It came broken."}

    staff.call("POST", "order-svc", f"/orders/{order['id']}/refund/", 202, json=body)

    refunded = asha.until_status(order["id"], "refunded")
    assert refunded["refunded_amount"] == "499.00"
    asha.until_available(product["id"], 5)


def test_a_repeated_order_request_creates_one_order(asha, product):
    body = {"items": [{"product_id": product["id"], "quantity": 1}]}
    key = {"Idempotency-Key": str(uuid.uuid4())}

    first, second = (
        asha.call("POST", "order-svc", "/orders/", 201, json=body, headers=key)
        for _ in range(2)
    )

    assert first["id"] == second["id"]
    assert asha.available(product["id"]) == 4


def test_a_customer_cannot_read_the_order_of_another(sign_up, product):
    order = sign_up().place({product["id"]: 1}, "e2e-mine")

    sign_up().call("GET", "order-svc", f"/orders/{order['id']}/", 404)


def test_a_password_can_be_reset_with_the_mailed_token(target, asha):
    folder = target.mails()
    if folder is None:
        pytest.skip(f"the mails of the target {target.name} cannot be read")
    email = asha.call("GET", "user-svc", "/user/me/")["email"]
    new = secrets.token_urlsafe(12)

    body = {"email": email}
    asha.call("POST", "user-svc", "/user/password-reset/", 202, json=body)
    token = until(lambda: reset_token(folder, email), f"{email} has received a mail")
    body = {"token": token, "new_password": new}
    asha.call("POST", "user-svc", "/user/password-reset/confirm/", 204, json=body)

    asha.call("GET", "user-svc", "/user/me/", 401)
    body = {"email": email, "password": new}
    asha.call("POST", "user-svc", "/user/login/", 200, json=body)


def reset_token(folder, email):
    """Return the token of the latest password reset mail, or nothing."""
    found = mailbox.mails(folder, email, "A new password")
    return mailbox.token(found[-1]) if found else ""


def test_the_audit_succeeds(asha, product, make):
    buy(asha, product)

    done = make("audit")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "All 19 hold." in done.stdout
