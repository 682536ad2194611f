"""Each sort of products within a category has an index."""

from alembic import op

# revision identifiers, used by Alembic.
revision = "0003_list_indexes"
down_revision = "0002_action_log"
branch_labels = None
depends_on = None

PLACES = ("name", "price", "created_at", "stock_quantity")


def upgrade():
    for name in PLACES:
        columns = ["category_id", name, "id"]
        op.create_index(f"ix_products_category_id_{name}_id", "products", columns)
    op.create_index("ix_category_created_at_id", "category", ["created_at", "id"])


def downgrade():
    op.drop_index("ix_category_created_at_id", "category")
    for name in PLACES:
        op.drop_index(f"ix_products_category_id_{name}_id", "products")
