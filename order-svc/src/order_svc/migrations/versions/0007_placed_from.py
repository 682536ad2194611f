"""From which address an order was placed, as a MAC."""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0007_placed_from"
down_revision = "0006_action_log"
branch_labels = None
depends_on = None

INDEX = "ix_orders_placed_from_state"


def upgrade():
    with op.batch_alter_table("orders") as orders:
        orders.add_column(sa.Column("placed_from", sa.String(64), nullable=True))
        orders.create_index(INDEX, ["placed_from", "state"])


def downgrade():
    with op.batch_alter_table("orders") as orders:
        orders.drop_index(INDEX)
        orders.drop_column("placed_from")
