"""The history of prices, and thresholds of low stock."""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0006_prices"
down_revision = "0005_sort_keys"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PRICE = sa.Numeric(10, 2).with_variant(sa.BigInteger(), "sqlite")
IS_LOW = sa.text("stock_quantity <= low_stock_threshold")
# Each product begins with its present price.
FIRST = sa.text(
    "INSERT INTO price_changes"
    " (product_id, after, actor, correlation_id, created_at, updated_at)"
    " SELECT id, price, 'migration', '', updated_at, updated_at FROM products"
    " ORDER BY id"
)


def upgrade():
    op.add_column("products", sa.Column("low_stock_threshold", BIG, nullable=True))
    op.create_index(
        "ix_products_low_stock",
        "products",
        ["is_active", "id"],
        postgresql_where=IS_LOW,
        sqlite_where=IS_LOW,
    )
    op.create_table(
        "price_changes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("before", PRICE, nullable=True),
        sa.Column("after", PRICE, nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("correlation_id", sa.String(128), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name=op.f("fk_price_changes_product_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_changes")),
    )
    op.create_index(
        "ix_price_changes_product_id_id", "price_changes", ["product_id", "id"]
    )
    op.execute(FIRST)


def downgrade():
    op.drop_table("price_changes")
    op.drop_index("ix_products_low_stock", "products")
    op.drop_column("products", "low_stock_threshold")
