"""Orders know of a payment under review, and reservations are prolonged."""

import sqlalchemy as sa
from alembic import op

revision = "0003_review"
down_revision = "0002_provider_refunds"
branch_labels = None
depends_on = None
CONTRACTS = "No: each constraint is replaced by one that allows more values."

MONEY = sa.Numeric(10, 2).with_variant(sa.BigInteger(), "sqlite")
STATES = (
    "'placed', 'awaiting_payment', 'expiring', 'cancelling', 'paid', 'confirmed', "
    "'rejected', 'expired', 'cancelled', 'refund_pending', 'refunded'"
)
KINDS = "'release', 'release_final', 'restock'"


def upgrade():
    with op.batch_alter_table("orders") as orders:
        orders.add_column(sa.Column("review_since", sa.DateTime(timezone=True)))
        orders.add_column(sa.Column("review_amount", MONEY))
        orders.add_column(sa.Column("review_currency", sa.String(length=3)))
        orders.add_column(sa.Column("held_until", sa.DateTime(timezone=True)))
    _check("orders", "state", f"{STATES}, 'under_review'")
    _check("stock_commands", "kind", f"{KINDS}, 'prolong'")


def downgrade():
    op.execute("DELETE FROM stock_commands WHERE kind = 'prolong'")
    op.execute("UPDATE orders SET state = 'expiring' WHERE state = 'under_review'")
    _check("stock_commands", "kind", KINDS)
    _check("orders", "state", STATES)
    with op.batch_alter_table("orders") as orders:
        for name in ("held_until", "review_currency", "review_amount", "review_since"):
            orders.drop_column(name)


def _check(table, column, values):
    """Replace the constraint of the known values of a column."""
    name = op.f(f"ck_{table}_{column}_known")
    with op.batch_alter_table(table) as changed:
        changed.drop_constraint(name, type_="check")
        changed.create_check_constraint(name, f"{column} IN ({values})")
