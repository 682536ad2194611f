"""Who requested a refund, and in which request."""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0005_refund_requests"
down_revision = "0004_order_disputes"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("order_refunds") as refunds:
        refunds.add_column(
            sa.Column(
                "by_admin", sa.Boolean(), server_default=sa.false(), nullable=False
            )
        )
        refunds.add_column(
            sa.Column(
                "correlation_id", sa.String(128), server_default="", nullable=False
            )
        )


def downgrade():
    with op.batch_alter_table("order_refunds") as refunds:
        refunds.drop_column("correlation_id")
        refunds.drop_column("by_admin")
