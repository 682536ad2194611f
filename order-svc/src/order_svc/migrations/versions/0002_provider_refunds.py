"""Refunds that were made at Razorpay, and refunds of all that is left."""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0002_provider_refunds"
down_revision = "0001_orders"
branch_labels = None
depends_on = None

CONTRACTS = "no: the check of the reasons is replaced by one that allows one more"

BEFORE = (
    "reason IN ('cancelled', 'rejected', 'stock_gone', 'duplicate', 'staff', 'direct')"
)
AFTER = (
    "reason IN ('cancelled', 'rejected', 'stock_gone', 'duplicate', 'staff', 'direct', "
    "'provider')"
)


def upgrade():
    with op.batch_alter_table("order_refunds", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_order_refunds_reason_known"), type_="check")
        batch_op.create_check_constraint(op.f("ck_order_refunds_reason_known"), AFTER)
        batch_op.add_column(
            sa.Column(
                "is_rest", sa.Boolean(), server_default=sa.false(), nullable=False
            )
        )


def downgrade():
    with op.batch_alter_table("order_refunds", schema=None) as batch_op:
        batch_op.drop_column("is_rest")
        batch_op.drop_constraint(op.f("ck_order_refunds_reason_known"), type_="check")
        batch_op.create_check_constraint(op.f("ck_order_refunds_reason_known"), BEFORE)
