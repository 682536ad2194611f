"""Refunds that were made at Razorpay, and refunds of all that is left."""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0002_provider_refunds"
down_revision = "0001_payments"
branch_labels = None
depends_on = None

CONTRACTS = "no: the check of the reasons is replaced by one that allows one more"

BEFORE = (
    "reason IN ('cancelled', 'rejected', 'stock_gone', "
    "'duplicate', 'staff', 'direct', 'suspect')"
)
AFTER = (
    "reason IN ('cancelled', 'rejected', 'stock_gone', "
    "'duplicate', 'staff', 'direct', 'suspect', 'provider')"
)


def upgrade():
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_refunds_reason_known"), type_="check")
        batch_op.create_check_constraint(op.f("ck_refunds_reason_known"), AFTER)
        batch_op.add_column(
            sa.Column(
                "is_rest", sa.Boolean(), server_default=sa.false(), nullable=False
            )
        )
        batch_op.add_column(
            sa.Column(
                "captured_amount",
                sa.Numeric(10, 2).with_variant(sa.BigInteger(), "sqlite"),
                nullable=True,
            )
        )


def downgrade():
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.drop_column("captured_amount")
        batch_op.drop_column("is_rest")
        batch_op.drop_constraint(op.f("ck_refunds_reason_known"), type_="check")
        batch_op.create_check_constraint(op.f("ck_refunds_reason_known"), BEFORE)
