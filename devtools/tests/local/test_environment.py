import click
import pytest

from devtools.layout import IMAGES, SANDBOX, SERVICES
from devtools.local.environment import Site

SECRET_OF = {
    "SIGNING_KEY_SECRET": {"user-svc"},
    "SERVICE_CLIENTS": {"user-svc"},
    "DEMO_ADMIN_PASSWORD": {"user-svc"},
    "RAZORPAY_KEY_SECRET": {"payment-svc", SANDBOX},
    "RAZORPAY_WEBHOOK_SECRET": {"payment-svc", SANDBOX},
    "AWS_SECRET_ACCESS_KEY": {"order-svc", "payment-svc"},
}


@pytest.mark.parametrize("name", SECRET_OF)
@pytest.mark.parametrize("source", ["generated", "the user's environment"])
def test_a_process_gets_only_its_own_secrets(var, root, name, source):
    site = Site({} if source == "generated" else {name: "mine"})

    owners = {process for process in (*IMAGES, "sqs") if name in site.of(process)}

    assert owners == SECRET_OF[name]


def test_every_service_has_a_secret_key_a_database_and_an_address_of_its_own(var, root):
    site = Site({})

    for name in ("SECRET_KEY", "DATABASE_URL", "PUBLIC_URL"):
        assert len({site.of(service)[name] for service in SERVICES}) == 4
    assert site.of("order-svc")["DATABASE_URL"] == f"sqlite:///{var}/order-svc.db"
    assert site.of("order-svc")["APP_ENV"] == "development"


def test_the_environment_wins_over_the_services_file_and_that_over_the_roots(var, root):
    (root / ".env").write_text("LOG_LEVEL=DEBUG\nCURRENCY=INR\nJWT_ISSUER=root\n")
    (root / "order-svc" / ".env").write_text("LOG_LEVEL=WARNING\nJWT_ISSUER=own\n")

    values = Site({"LOG_LEVEL": "ERROR"}).of("order-svc")

    assert values["LOG_LEVEL"] == "ERROR"
    assert values["JWT_ISSUER"] == "own"
    assert values["CURRENCY"] == "INR"


def test_a_service_keeps_the_database_of_its_own_file(var, root):
    url = "postgresql://shop@db.example/orders"
    (root / "order-svc" / ".env").write_text(f"DATABASE_URL={url}\n")

    site = Site({"DATABASE_URL": "sqlite:///one-for-all.db"})

    assert site.of("order-svc")["DATABASE_URL"] == url
    assert site.of("user-svc")["DATABASE_URL"] == f"sqlite:///{var}/user-svc.db"


def test_another_port_moves_every_address_that_names_it(var, root):
    (root / ".env").write_text("USER_SVC_PORT=9000\n")
    site = Site({"SANDBOX_PORT": "9004", "PAYMENT_SVC_PORT": "9003"})

    assert site.of("user-svc")["PUBLIC_URL"] == "http://127.0.0.1:9000"
    assert site.of("order-svc")["USER_SVC_URL"] == "http://127.0.0.1:9000"
    assert site.of("payment-svc")["RAZORPAY_BASE_URL"] == "http://127.0.0.1:9004"
    assert site.of(SANDBOX)["WEBHOOK_URL"] == (
        "http://127.0.0.1:9003/payments/webhook/"
    )


def test_a_port_that_is_no_port_is_refused_by_its_name(var, root):
    with pytest.raises(click.ClickException, match="ORDER_SVC_PORT should be a number"):
        Site({"ORDER_SVC_PORT": "eighty"}).port("order-svc")


def test_an_own_queue_is_used_without_our_address_and_keys(var, root):
    site = Site({"AWS_ENDPOINT_URL_SQS": "http://queue.example:4566"})

    values = site.of("payment-svc")

    assert not site.has_embedded_queue()
    assert values["AWS_ENDPOINT_URL_SQS"] == "http://queue.example:4566"
    assert "AWS_ACCESS_KEY_ID" not in values


def test_the_shops_own_calls_stay_off_a_proxy(var, root):
    values = Site({"HTTP_PROXY": "http://proxy.example", "NO_PROXY": "intra.example"})

    assert values.of("order-svc")["NO_PROXY"] == "intra.example,127.0.0.1,localhost"


def test_the_bootstrap_admin_is_the_demo_admin_of_the_users_choice(var, root):
    (root / ".env").write_text("DEMO_ADMIN_EMAIL=boss@shop.example\n")

    assert Site({}).of("user-svc")["BOOTSTRAP_ADMIN_EMAIL"] == "boss@shop.example"
