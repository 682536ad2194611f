"""Names and addresses have sort keys, which lists compare."""

import sqlalchemy as sa
from alembic import op

from chassis.sorting import sort_key

# revision identifiers, used by Alembic.
revision = "0005_sort_keys"
down_revision = "0004_folded"
branch_labels = None
depends_on = None

KEY = sa.String(100).with_variant(sa.String(100, collation="C"), "postgresql")
NAMES = ("name_sort_key", "email_sort_key")
AT_ONCE = 500


def upgrade():
    for name in NAMES:
        op.add_column("users", sa.Column(name, KEY, server_default="", nullable=False))
    _fill(op.get_bind())
    for name in NAMES:
        op.create_index(f"ix_users_{name}_id", "users", [name, "id"])


def downgrade():
    for name in NAMES:
        op.drop_index(f"ix_users_{name}_id", "users")
        op.drop_column("users", name)


def _fill(connection):
    users = sa.Table("users", sa.MetaData(), autoload_with=connection)
    change = (
        sa.update(users)
        .where(users.c.id == sa.bindparam("row"))
        .values({name: sa.bindparam(f"new_{name}") for name in NAMES})
    )
    rows = sa.select(users.c.id, users.c.name, users.c.email).order_by(users.c.id)
    last = 0
    while found := connection.execute(
        rows.where(users.c.id > last).limit(AT_ONCE)
    ).all():
        keys = [
            {
                "row": row.id,
                "new_name_sort_key": sort_key(row.name),
                "new_email_sort_key": sort_key(row.email),
            }
            for row in found
        ]
        connection.execute(change, keys)
        last = found[-1].id
