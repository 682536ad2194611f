"""Liveness, readiness and the state of the dependencies."""

import pytest
from sqlalchemy import event
from tiny import create_app, db

from chassis import dependencies
from devtools.testkit.plugin import SECRET, dispose


@pytest.fixture
def elsewhere():
    """Return a maker of apps on databases that are not migrated."""
    made = []

    def make(url):
        environ = {"SECRET_KEY": SECRET, "PUBLIC_URL": "http://127.0.0.1"}
        made.append(create_app({**environ, "APP_ENV": "test", "DATABASE_URL": url}))
        return made[-1].test_client()

    yield make
    for app in made:
        dispose(app)


@pytest.mark.parametrize("path", ["/readyz", "/readyz/", "/things/health/"])
def test_a_migrated_service_is_ready(client, path):
    answer = client.get(path)

    assert answer.status_code == 200
    assert answer.json == {
        "status": "ok",
        "checks": {"database": "ok", "dependencies": "ok"},
    }


def test_a_service_that_is_not_migrated_is_not_ready(elsewhere, tmp_path):
    answer = elsewhere(f"sqlite:///{tmp_path}/empty.db").get("/readyz/")

    assert answer.status_code == 503
    assert answer.json["checks"] == {"database": "not migrated"}


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////nowhere/at/all.db",
        "postgresql+psycopg://nobody@127.0.0.1:9/nothing",
    ],
)
def test_a_service_without_its_database_lives_and_is_not_ready(elsewhere, url):
    client = elsewhere(url)

    answer = client.get("/readyz/")
    assert answer.status_code == 503
    assert answer.json["checks"] == {"database": "unreachable"}
    assert client.get("/healthz/").status_code == 200
    problem = client.get("/things/")
    assert (problem.status_code, problem.json["code"]) == (503, "unavailable")
    assert problem.headers["Retry-After"]


def test_the_liveness_probe_touches_no_database(own_app):
    client, touched = own_app.test_client(), []
    with own_app.app_context():
        event.listen(db.engine, "checkout", lambda *_: touched.append(1))

    assert client.get("/healthz").json == {"status": "ok"}
    assert touched == []
    client.get("/readyz/")
    assert touched


@pytest.fixture
def degraded(app):
    """Record a queue that cannot be reached."""
    with app.app_context():
        dependencies.record("things", ok=True, detail="0 waiting")
        dependencies.record("things", ok=False, detail="x" * 500)
        db.session.commit()


@pytest.mark.parametrize("path", ["/readyz/", "/things/health/"])
def test_strangers_see_that_a_dependency_is_degraded_and_not_which(
    client, degraded, tokens, path
):
    bad = {"Authorization": "Bearer nonsense"}
    for headers in ({}, bad, tokens.user(), tokens.service("order-svc", "tiny-svc")):
        answer = client.get(path, headers=headers)
        assert (answer.status_code, answer.json) == (
            200,
            {"status": "ok", "checks": {"database": "ok", "dependencies": "degraded"}},
        )


def test_staff_see_which_dependency_is_degraded_and_why(client, degraded, tokens):
    answer = client.get("/readyz/", headers=tokens.staff())

    assert answer.status_code == 200
    seen = answer.json["neighbours"]["things"]
    assert (seen["ok"], seen["detail"]) == (False, "x" * 200)
    assert seen["seen_at"].endswith("Z")
