"""Fixtures that run the whole shop in one process, over real HTTP."""

import json
import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache, partial

import pytest
import requests
from sqlalchemy import select

import order_svc
import payment_svc
import product_svc
import razorpay_sandbox.testing
import user_svc
from chassis import clock, worker
from chassis.web import auth
from devtools.local.credentials import CLIENTS
from devtools.testkit.plugin import SECRET, own_sqs, reusing, serve
from user_svc.extensions import db as users_db
from user_svc.managers import SigningKeyManager
from user_svc.managers.signing_keys import new_private_key
from user_svc.steps import keyring
from user_svc.steps.signing_keys import Signer

PASSWORD = "a-long-walk-in-the-rain"


def service_clients():
    """Return user-svc's SERVICE_CLIENTS for the test's services."""
    return json.dumps(
        [
            {
                "client_id": name,
                "client_secret": f"{name}-{SECRET}",
                "audiences": audiences,
                "scopes": scopes,
            }
            for name, (audiences, scopes) in CLIENTS.items()
        ]
    )


class Shop:
    """A running shop: its apps, their URLs and helpers for tests."""

    def __init__(self, apps, late, urls, sandbox, http):
        self.apps, self.late, self.urls = apps, late, urls
        self.sandbox, self.http = sandbox, http

    def call(self, method, service, path, who=None, expect=None, **more):
        """Call a service with the headers `who` and return the JSON of the response."""
        headers = {**(who or {}), **more.pop("headers", {})}
        url = self.urls[service] + path
        answer = self.http.request(method, url, headers=headers, timeout=20, **more)
        if expect is not None:
            assert answer.status_code == expect, answer.text
        return answer.json() if answer.content else None

    def sign_up(self, name="asha"):
        """Register a customer and return headers with their access token."""
        body = {"name": name.title(), "email": f"{name}@shop.example"}
        self.call(
            "POST",
            "users",
            "/user/register/",
            json={**body, "password": PASSWORD},
            expect=201,
        )
        return self.sign_in(body["email"], PASSWORD)

    def sign_in(self, email, password):
        """Sign in and return headers with the access token."""
        pair = self.call(
            "POST",
            "users",
            "/user/login/",
            expect=200,
            json={"email": email, "password": password},
        )
        return {"Authorization": f"Bearer {pair['access_token']}"}

    def sign_in_staff(self):
        """Sign in as staff and return headers with the access token."""
        return self.sign_in("staff@shop.example", PASSWORD)

    def product(self, staff, stock=5, price="499.00", name="A brass lamp"):
        """Create a product and return it."""
        body = {"name": name, "price": price, "stock_quantity": stock}
        return self.call("POST", "products", "/products/", staff, json=body, expect=201)

    def available(self, product):
        """Return the available quantity of a product."""
        path = f"/products/{product['id']}/"
        return self.call("GET", "products", path, expect=200)["available_quantity"]

    def order(self, who, product, quantity=1, **more):
        """Place an order with one line and return it."""
        items = [{"product_id": product["id"], "quantity": quantity}]
        return self.call(
            "POST", "orders", "/orders/", who, json={"items": items}, **more
        )

    def get_order(self, who, order):
        """Return the current state of an order."""
        return self.call("GET", "orders", f"/orders/{order['id']}/", who, expect=200)

    def payment(self, who, order):
        """Return the order's payment."""
        path = f"/payments/?order_id={order['id']}&sort=id"
        return self.call("GET", "payments", path, who, expect=200)["data"][0]

    def rows(self, name, table):
        """Return all rows of a service's table."""
        app = self.apps[name]
        with app.app_context():
            session = app.extensions["sqlalchemy"].session
            model = app.extensions["chassis_models"][table]
            found = session.scalars(select(model)).all()
            session.expunge_all()
            return list(found)

    def work(self):
        """Run the workers until nothing is due."""
        for _ in range(3):
            for name in ("orders", "payments", "products"):
                worker.drain(self.apps[name])

    def until(self, condition, why):
        """Run the workers until the condition is true; fail after 20 s."""
        deadline = time.monotonic() + 20
        while not (found := condition()):
            assert time.monotonic() < deadline, f"timed out waiting until {why}"
            self.work()
        return found

    def until_status(self, who, order, status):
        """Run the workers until the order has the status; return the order."""
        return self.until(
            lambda: (o := self.get_order(who, order))["status"] == status and o,
            f"order {order['id']} is {status}",
        )

    def until_link(self, who, order):
        """Run the workers until the order has a payment link; return its URL."""
        return self.until(
            lambda: (self.get_order(who, order)["payment"] or {}).get("short_url"),
            f"order {order['id']} has a link",
        )

    def pay(self, short_url):
        """Pay on the payment page, as a browser does; return the last response."""
        return self.http.post(f"{short_url}/pay", timeout=20)

    def until_reviewed(self, who, order, **paid):
        """Pay another amount with the control API; return the order with its notice."""
        self.until_link(who, order)
        link = self.payment(who, order)["razorpay_payment_link_id"]
        self.control(f"/control/links/{link}/pay/", **paid)
        return self.until(
            lambda: (o := self.get_order(who, order))["notice"] and o,
            f"order {order['id']} has a notice",
        )

    def resolve(self, order, decision):
        """Let an admin decide the payment of an order."""
        admin = self.sign_in("admin@shop.example", PASSWORD)
        path = f"/payments/{self.payment(admin, order)['id']}/resolve/"
        body = {"decision": decision, "note": "checked"}
        self.call("POST", "payments", path, admin, json=body, expect=200)

    def control(self, path, **body):
        """Call the control API of the sandbox; return the JSON of the response."""
        answer = self.http.post(self.sandbox.url + path, json=body, timeout=20)
        assert answer.ok, answer.text
        return answer.json()

    def ledger(self):
        """Return the ledger of the sandbox."""
        return self.http.get(f"{self.sandbox.url}/control/ledger/", timeout=20).json()


def _environ(urls, sandbox, service):
    return {
        "USER_SVC_URL": urls["users"],
        "PRODUCT_SVC_URL": urls["products"],
        "SERVICE_CLIENT_ID": service,
        "SERVICE_CLIENT_SECRET": f"{service}-{SECRET}",
        "RAZORPAY_KEY_ID": sandbox.key_id,
        "RAZORPAY_KEY_SECRET": sandbox.key_secret,
        "RAZORPAY_WEBHOOK_SECRET": sandbox.webhook_secret,
        "RAZORPAY_BASE_URL": sandbox.url,
        "SIGNING_KEY_SECRET": SECRET,
        "SERVICE_CLIENTS": service_clients(),
        "DEMO_STAFF_EMAIL": "staff@shop.example",
        "DEMO_STAFF_PASSWORD": PASSWORD,
        "DEMO_ADMIN_EMAIL": "admin@shop.example",
        "DEMO_ADMIN_PASSWORD": PASSWORD,
    }


class Late:
    """A WSGI app whose target is set later, because its URL must be known first."""

    app = None

    def __call__(self, environ, start_response):
        return self.app(environ, start_response)


SERVICES = {
    "users": ("user-svc", user_svc.create_app),
    "products": ("product-svc", product_svc.create_app),
    "orders": ("order-svc", order_svc.create_app),
    "payments": ("payment-svc", payment_svc.create_app),
}


@pytest.fixture(scope="session")
def addresses():
    """Serve the services at the same URLs in all tests; return their apps and URLs."""
    with ExitStack() as stack:
        late = {name: Late() for name in SERVICES}
        yield late, {name: stack.enter_context(serve(late[name])) for name in late}


def _start(reuse_app, urls, name, sandbox):
    """Return a service without the state of earlier tests."""
    service, create_app = SERVICES[name]
    environ = {**_environ(urls, sandbox, service), "PUBLIC_URL": urls[name]}
    # Each shop has a sandbox of its own, and the app is made for all of them.
    environ["RAZORPAY_BASE_URL"] = "http://127.0.0.1:9"
    return reuse_app(create_app, partial(_renew, name, sandbox), **environ)


def _renew(name, sandbox, app):
    """Replace the extensions of a service that keep state."""
    settings = app.extensions["settings"]
    if name == "users":
        app.extensions["signer"] = Signer()
    if name == "orders":
        order_svc.clients.init_app(app, settings)
    if name == "payments":
        settings = replace(settings, razorpay_base_url=sandbox.url)
        app.extensions["settings"] = settings
        payment_svc.razorpay_service.init_app(app, settings)


@pytest.fixture(scope="session")
def running_shop(apps, addresses):
    """Return `running_shop(folder)`, which runs the whole shop while it is entered.

    The sandbox sends its webhooks to payment-svc. One shop runs at a time.
    """
    return contextmanager(partial(_running_shop, apps, *addresses))


def _running_shop(all_apps, late, urls, folder):
    with ExitStack() as stack:
        stack.enter_context(own_sqs())
        reuse_app = stack.enter_context(reusing(all_apps))
        hook = f"{urls['payments']}/payments/webhook/"
        sandbox = stack.enter_context(razorpay_sandbox.testing.serve(folder, hook))
        apps = {}
        for name in SERVICES:
            apps[name] = late[name].app = _start(reuse_app, urls, name, sandbox)
        _use_real_keys(apps, urls)
        _store_signing_key(apps["users"])
        apps["users"].test_cli_runner().invoke(args=["seed"])
        http = stack.enter_context(requests.Session())
        yield Shop(apps, late, urls, sandbox, http)


@pytest.fixture
def shop(running_shop, tmp_path):
    """Run the whole shop for one test."""
    with running_shop(tmp_path) as shop:
        yield shop


_private_key = cache(new_private_key)


def _store_signing_key(users):
    """Store the same first key in each shop, because making one takes long."""
    with users.app_context():
        keys = SigningKeyManager(users_db.session, keyring())
        keys.add(_private_key(), 1, clock.now())
        users_db.session.commit()


def _use_real_keys(apps, urls):
    """Verify tokens with the keys that user-svc publishes, not with test keys."""

    def fetch():
        return requests.get(f"{urls['users']}/.well-known/jwks.json", timeout=5).json()

    for app in apps.values():
        app.extensions["keys"] = auth.Keys(fetch)


@pytest.fixture
def staff(shop):
    """Return headers with the access token of a staff member."""
    return shop.sign_in_staff()


@pytest.fixture
def asha(shop):
    """Return headers with the access token of a customer."""
    return shop.sign_up("asha")
