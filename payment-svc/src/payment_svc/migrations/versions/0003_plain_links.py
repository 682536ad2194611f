"""A payment whose link is requested without optional fields."""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0003_plain_links"
down_revision = "0002_provider_refunds"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "payment",
        sa.Column(
            "is_plain_link", sa.Boolean(), server_default=sa.false(), nullable=False
        ),
    )


def downgrade():
    op.drop_column("payment", "is_plain_link")
