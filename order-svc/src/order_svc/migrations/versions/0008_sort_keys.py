"""Customers' names have sort keys, which the panel's list compares."""

import sqlalchemy as sa
from alembic import op

from chassis.sorting import sort_key

# revision identifiers, used by Alembic.
revision = "0008_sort_keys"
down_revision = "0007_placed_from"
branch_labels = None
depends_on = None

KEY = sa.String(100).with_variant(sa.String(100, collation="C"), "postgresql")
AT_ONCE = 500


def upgrade():
    op.add_column(
        "orders",
        sa.Column("customer_name_sort_key", KEY, server_default="", nullable=False),
    )
    _fill(op.get_bind())


def downgrade():
    op.drop_column("orders", "customer_name_sort_key")


def _fill(connection):
    orders = sa.Table("orders", sa.MetaData(), autoload_with=connection)
    change = (
        sa.update(orders)
        .where(orders.c.id == sa.bindparam("row"))
        .values(customer_name_sort_key=sa.bindparam("key"))
    )
    rows = sa.select(orders.c.id, orders.c.customer_name).order_by(orders.c.id)
    last = 0
    while found := connection.execute(
        rows.where(orders.c.id > last).limit(AT_ONCE)
    ).all():
        keys = [{"row": row.id, "key": sort_key(row.customer_name)} for row in found]
        connection.execute(change, keys)
        last = found[-1].id
