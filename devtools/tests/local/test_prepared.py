import pytest
from sqlalchemy import create_engine, insert, update

from devtools.local import prepared
from devtools.local.environment import Site


@pytest.fixture
def database(var, root, monkeypatch):
    """Return the engine of order-svc's database, with a schema at revision 0001."""
    monkeypatch.setattr(prepared, "ROOT", root)
    var.mkdir()
    engine = create_engine(f"sqlite:///{var}/order-svc.db")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute(insert(prepared.VERSIONS).values(version_num="0001"))
    yield engine
    engine.dispose()


def test_a_database_is_prepared_once(database):
    site = Site({})
    assert not prepared.is_current(site, "order-svc")

    prepared.remember(site, "order-svc")

    assert prepared.is_current(site, "order-svc")
    assert not prepared.is_current(site, "user-svc")


def test_a_database_that_was_removed_is_prepared_again(database, var):
    prepared.remember(Site({}), "order-svc")
    database.dispose()

    (var / "order-svc.db").unlink()

    assert not prepared.is_current(Site({}), "order-svc")


def test_an_older_database_in_its_place_is_prepared_again(database):
    prepared.remember(Site({}), "order-svc")

    with database.begin() as connection:
        connection.execute(update(prepared.VERSIONS).values(version_num="0000"))

    assert not prepared.is_current(Site({}), "order-svc")


@pytest.mark.parametrize("name", ["migrations/versions/0002.py", "data/more.json"])
def test_new_code_or_data_is_prepared_for(database, root, name):
    prepared.remember(Site({}), "order-svc")

    path = root / "order-svc" / "src" / "order_svc" / name
    path.parent.mkdir(parents=True)
    path.write_text("new")

    assert not prepared.is_current(Site({}), "order-svc")


def test_another_demo_account_is_prepared_for_but_not_another_log_level(database):
    prepared.remember(Site({}), "order-svc")

    assert prepared.is_current(Site({"LOG_LEVEL": "DEBUG"}), "order-svc")
    changed = Site({"DEMO_STAFF_EMAIL": "priya@shop.example"})
    assert not prepared.is_current(changed, "order-svc")
