"""The note of a refund is as long as order-svc accepts it."""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0007_refund_notes"
down_revision = "0006_listed_rows"
branch_labels = None
depends_on = None


def upgrade():
    _resize(255, 500)


def downgrade():
    op.execute("UPDATE refunds SET note = substr(note, 1, 255)")
    _resize(500, 255)


def _resize(before, after):
    with op.batch_alter_table("refunds") as refunds:
        refunds.alter_column(
            "note",
            existing_type=sa.String(length=before),
            type_=sa.String(length=after),
            existing_nullable=True,
        )
