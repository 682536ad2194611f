"""Refunds and disputes that Razorpay's lists have contained."""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0006_listed_rows"
down_revision = "0005_reconciliation"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
COLUMNS = (("refunds", "made_at"), ("refunds", "listed_at"), ("disputes", "listed_at"))
INDEXES = (("refunds", "made_at"), ("disputes", "opened_at"))


def upgrade():
    for table, column in COLUMNS:
        op.add_column(table, sa.Column(column, MOMENT, nullable=True))
    for table, column in INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade():
    for table, column in INDEXES:
        op.drop_index(f"ix_{table}_{column}", table)
    for table, column in COLUMNS:
        op.drop_column(table, column)
