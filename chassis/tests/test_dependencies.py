"""The state of dependencies, as the worker records it."""

from sqlalchemy import select
from tiny import Dependency, db

from chassis import dependencies


def test_the_last_state_of_a_dependency_is_kept(app):
    with app.app_context():
        dependencies.record("things", ok=True, detail="0 waiting")
        dependencies.record("things", ok=False, detail="x" * 500)
        db.session.commit()

        row = db.session.scalars(select(Dependency)).one()

    assert (row.name, row.ok, row.detail) == ("things", False, "x" * 200)
