"""What a customer, the staff and an auditor see of a whole shop, wherever it runs."""

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
    """Return a browser without a proxy."""
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def product(staff):
    """Return a product of the test's own."""
    body = {"name": f"Lamp {uuid.uuid4().hex[:8]}", "price": "499.00"}
    return staff.call(
        "POST", "product-svc", "/products/", 201, json={**body, "stock_quantity": 5}
    )


def buy(client, product):
    """Order one, pay it and return the order when it has succeeded."""
    order = client.place({product["id"]: 1}, f"e2e-{uuid.uuid4().hex[:8]}")
    client.pay(client.until_link(order["id"]))
    return client.until_status(order["id"], "success")


@pytest.mark.parametrize("service", SERVICES)
def test_every_page_of_a_service_is_there(target, browser, service):
    for page in PAGES:
        answer = browser.get(target.address(service) + page)
        assert (answer.status_code, page) == (200, page)


@pytest.mark.parametrize("service", SERVICES)
def test_a_panel_finds_all_that_its_pages_ask_for(target, browser, service):
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


def test_the_demo_holds(make):
    done = make("demo")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "All steps succeeded" in done.stdout


def test_a_link_opens_in_a_browser_of_this_machine_and_leads_back(
    target, asha, product
):
    order = asha.place({product["id"]: 1}, "e2e-link")
    link = asha.until_link(order["id"])

    assert link.startswith(target.address(SANDBOX) + "/")
    back = target.address("payment-svc") + "/payments/payment_link_callback/"
    assert asha.pay(link).startswith(back)


def test_what_the_staff_refunds_goes_back_and_so_does_its_stock(asha, staff, product):
    order = buy(asha, product)
    items = [{"product_id": product["id"], "quantity": 1}]
    body = {"items": items, "reason": "It came broken."}

    staff.call("POST", "order-svc", f"/orders/{order['id']}/refund/", 202, json=body)

    refunded = asha.until_status(order["id"], "refunded")
    assert refunded["refunded_amount"] == "499.00"
    asha.until_available(product["id"], 5)


def test_an_order_that_is_sent_twice_is_one_order(asha, product):
    body = {"items": [{"product_id": product["id"], "quantity": 1}]}
    key = {"Idempotency-Key": str(uuid.uuid4())}

    first, second = (
        asha.call("POST", "order-svc", "/orders/", 201, json=body, headers=key)
        for _ in range(2)
    )

    assert first["id"] == second["id"]
    assert asha.available(product["id"]) == 4


def test_nobody_sees_the_order_of_another(sign_up, product):
    order = sign_up().place({product["id"]: 1}, "e2e-mine")

    sign_up().call("GET", "order-svc", f"/orders/{order['id']}/", 404)


def test_whoever_reads_the_mail_sets_a_forgotten_password(target, asha):
    folder = target.mails()
    if folder is None:
        pytest.skip(f"{target.name} sends its mails: they cannot be read from here")
    email = asha.call("GET", "user-svc", "/user/me/")["email"]
    new = secrets.token_urlsafe(12)

    body = {"email": email}
    asha.call("POST", "user-svc", "/user/password-reset/", 202, json=body)
    token = until(lambda: reset_token(folder, email), f"{email} has mail")
    body = {"token": token, "new_password": new}
    asha.call("POST", "user-svc", "/user/password-reset/confirm/", 204, json=body)

    asha.call("GET", "user-svc", "/user/me/", 401)
    body = {"email": email, "password": new}
    asha.call("POST", "user-svc", "/user/login/", 200, json=body)


def reset_token(folder, email):
    """Return the token of the newest mail about a new password."""
    found = mailbox.mails(folder, email, "A new password")
    return mailbox.token(found[-1]) if found else ""


def test_the_audit_holds(asha, product, make):
    buy(asha, product)

    done = make("audit")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "All 16 hold." in done.stdout
