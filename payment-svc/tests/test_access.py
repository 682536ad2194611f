"""Every route by every caller: a route that is missing here fails the build."""

import pytest

ROLES = ("anonymous", "customer", "other_customer", "staff", "admin", "service")


def row(*expected):
    return dict(zip(ROLES, expected, strict=True))


EVERYBODY = row(*[200] * len(ROLES))
ONE = "/payments/<id:payment_id>/"
TABLE = {
    "/payments/": {"GET": row(401, 200, 200, 200, 200, 403)},
    "/payments/create_payment_link/": {"POST": row(401, 403, 403, 201, 201, 201)},
    ONE: {"GET": row(401, 200, 404, 200, 200, 200)},
    f"{ONE}refunds/": {"GET": row(401, 200, 404, 200, 200, 200)},
    f"{ONE}attempts/": {"GET": row(401, 200, 404, 200, 200, 200)},
    f"{ONE}disputes/": {"GET": row(401, 403, 403, 200, 200, 403)},
    f"{ONE}refund/": {"POST": row(401, 403, 403, 202, 202, 202)},
    f"{ONE}cancel/": {"POST": row(401, 403, 403, 202, 202, 202)},
    f"{ONE}sync/": {"POST": row(401, 403, 403, 200, 200, 403)},
    f"{ONE}resolve/": {"POST": row(401, 403, 403, 403, 200, 403)},
    # Razorpay signs these two requests; access tokens are not used.
    "/payments/payment_link_callback/": {"GET": row(*[400] * len(ROLES))},
    "/payments/webhook/": {"POST": row(*[401] * len(ROLES))},
    "/payments/action-log/": {"GET": row(401, 403, 403, 200, 200, 403)},
    "/payments/health/": {"GET": EVERYBODY},
    "/healthz/": {"GET": EVERYBODY},
    "/readyz/": {"GET": EVERYBODY},
    "/metrics/": {"GET": EVERYBODY},
    "/swagger/": {"GET": EVERYBODY},
    "/redoc/": {"GET": EVERYBODY},
    "/swagger.json": {"GET": EVERYBODY},
    "/swagger.yaml": {"GET": EVERYBODY},
    "/swagger/token/": {"POST": row(*[415] * len(ROLES))},  # no form, no token
}
CELLS = [(rule, method) for rule, methods in TABLE.items() for method in methods]
STATES = {
    f"{ONE}refund/": {"state": "captured", "outcome": "kept"},
    f"{ONE}resolve/": {"state": "under_review"},
}
BODIES = {
    f"{ONE}refund/": {"amount": "1"},
    f"{ONE}resolve/": {"decision": "accept", "note": "x"},
}


@pytest.fixture
def headers(tokens):
    scopes = ("payments:read", "payments:write")
    return {
        "anonymous": None,
        "customer": tokens.user(1),
        "other_customer": tokens.user(2),
        "staff": tokens.staff(),
        "admin": tokens.admin(),
        "service": tokens.service("order-svc", "payment-svc", *scopes),
    }


def body_of(rule, number):
    if rule == "/payments/create_payment_link/":
        names = {"name": "Asha", "email": "asha@shop.example"}
        return {"order_id": 1000 + number, "amount": "1", **names}
    return BODIES.get(rule)


def test_the_table_names_every_route_and_method_and_no_other(app):
    served = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.rule.startswith(("/admin/", "/static/", "/docs-assets/"))
    }

    assert served == set(CELLS)


@pytest.mark.parametrize(("rule", "method"), CELLS)
def test_a_caller_may_do_what_the_table_says(shop, headers, subtests, rule, method):
    for number, (role, status) in enumerate(TABLE[rule][method].items()):
        payment_id = shop.row(**STATES.get(rule, {"state": "created"}))
        path = rule.replace("<id:payment_id>", str(payment_id))

        answer = shop.call(method, path, headers[role], json=body_of(rule, number))

        with subtests.test(role=role):
            assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("scope", "path", "status"),
    [
        ("payments:read", "cancel/", 403),
        ("payments:read", "refund/", 403),
        ("stock:reserve", "cancel/", 403),
    ],
)
def test_a_service_needs_the_scope_of_what_it_does(shop, tokens, scope, path, status):
    service = tokens.service("order-svc", "payment-svc", scope)

    answer = shop.call("POST", f"/payments/{shop.row('issued')}/{path}", service)

    assert answer.status_code == status


def test_a_token_for_another_service_opens_nothing(shop, tokens):
    other = tokens.service("order-svc", "product-svc", "payments:write")

    answer = shop.call("POST", f"/payments/{shop.row('issued')}/cancel/", other)

    assert answer.status_code == 401


def test_a_caller_without_token_learns_nothing_of_the_body(shop, subtests):
    for rule, method in CELLS:
        if TABLE[rule][method]["anonymous"] != 401 or "webhook" in rule:
            continue
        path = rule.replace("<id:payment_id>", "1")

        answer = shop.call(method, path, data=b"{", content_type="text/plain")

        with subtests.test(rule=rule, method=method):
            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
