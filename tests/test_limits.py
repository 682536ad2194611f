"""Which addresses of the services have limits of their own, and who is not counted."""

import pytest

import order_svc
import payment_svc
import product_svc
import user_svc

STRICT = {
    user_svc: {
        ("POST", "/user/"): "registration",
        ("POST", "/user/register/"): "registration",
        ("POST", "/user/login/"): "sign_in",
        ("POST", "/user/token/"): "sign_in",
        ("POST", "/user/me/password/"): "sign_in",
        ("POST", "/user/password-reset/"): "reset",
        ("POST", "/user/password-reset/confirm/"): "reset",
        ("POST", "/user/verify-email/"): "reset",
    },
    product_svc: {("POST", "/products/check_stock/"): "check_stock"},
    order_svc: {("POST", "/orders/"): "order"},
    payment_svc: {("POST", "/payments/webhook/"): "service"},
}
SECRET = "0123456789-abcdefghijklmnopqrstuvwxyz"
SETTINGS = {
    "SIGNING_KEY_SECRET": SECRET,
    "SERVICE_CLIENT_ID": "order-svc",
    "SERVICE_CLIENT_SECRET": SECRET,
    "RAZORPAY_KEY_ID": "rzp_test_0123456789",
    "RAZORPAY_KEY_SECRET": SECRET,
    "RAZORPAY_WEBHOOK_SECRET": SECRET,
}
FORM = {"username": "a@shop.example", "password": "a wrong password"}


def limits_of(app):
    """Return {(method, path): name} of the views with a limit of their own."""
    found = {}
    for rule in app.url_map.iter_rules():
        view = getattr(app.view_functions[rule.endpoint], "view_class", None)
        for method in rule.methods if view else ():
            name, _ = getattr(getattr(view, method.lower(), None), "_limited", ("", 0))
            if name:
                found[method, rule.rule] = name
    return found


@pytest.mark.parametrize("service", STRICT, ids=lambda service: service.__name__)
def test_expensive_addresses_have_limits_of_their_own(reuse_app, service):
    app = reuse_app(service.create_app, **SETTINGS)

    assert limits_of(app) == STRICT[service]


@pytest.fixture
def token(reuse_app):
    """Return `token(grant_type)`, which asks user-svc for a token."""
    app = reuse_app(
        user_svc.create_app,
        **SETTINGS,
        RATE_LIMIT_FACTOR="1",
        RATE_LIMIT_SIGN_IN="1 per day",
    )
    client = app.test_client()

    def ask(grant_type):
        body = {"grant_type": grant_type, **FORM}
        return client.post("/user/token/", data=body).status_code

    return ask


def test_a_guess_of_passwords_ends_soon(token):
    assert [token("password") for _ in range(3)] == [400, 429, 429]


def test_services_that_ask_for_a_token_are_not_counted(token):
    assert [token("client_credentials") for _ in range(3)] == [401] * 3
    assert token("password") == 400
