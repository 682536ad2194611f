"""Disputes of an order's payments."""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0004_order_disputes"
down_revision = "0003_review"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MONEY = sa.Numeric(15, 2).with_variant(sa.BigInteger(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "order_disputes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("payment_id", BIG, nullable=False),
        sa.Column("dispute_id", BIG, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("phase", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("respond_by", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
            name="fk_order_disputes_order_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_order_disputes"),
        sa.UniqueConstraint("dispute_id", name="uq_order_disputes_dispute_id"),
    )
    for column in ("order_id", "payment_id"):
        op.create_index(f"ix_order_disputes_{column}", "order_disputes", [column])


def downgrade():
    op.drop_table("order_disputes")
