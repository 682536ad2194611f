"""Names have sort keys, which lists by name compare."""

import sqlalchemy as sa
from alembic import op

from chassis.sorting import sort_key

# revision identifiers, used by Alembic.
revision = "0005_sort_keys"
down_revision = "0004_words"
branch_labels = None
depends_on = None

KEY = sa.String(100).with_variant(sa.String(100, collation="C"), "postgresql")
NAMED = ("category", "products")
AT_ONCE = 500
# Lists by name use the indexes of the keys, and so do those of a category.
REPLACED = {
    "ix_products_name_id": ["name", "id"],
    "ix_products_category_id_name_id": ["category_id", "name", "id"],
}
NEW = {
    "ix_products_name_sort_key_id": ["name_sort_key", "id"],
    "ix_products_category_id_name_sort_key_id": ["category_id", "name_sort_key", "id"],
}


def upgrade():
    for table in NAMED:
        op.add_column(
            table, sa.Column("name_sort_key", KEY, server_default="", nullable=False)
        )
        _fill(op.get_bind(), table)
    for name, columns in NEW.items():
        op.create_index(name, "products", columns)
    op.create_index("ix_category_name_sort_key_id", "category", ["name_sort_key", "id"])
    for name in REPLACED:
        op.drop_index(name, "products")


def downgrade():
    for name, columns in REPLACED.items():
        op.create_index(name, "products", columns)
    op.drop_index("ix_category_name_sort_key_id", "category")
    for name in NEW:
        op.drop_index(name, "products")
    for table in NAMED:
        op.drop_column(table, "name_sort_key")


def _fill(connection, name):
    table = sa.Table(name, sa.MetaData(), autoload_with=connection)
    change = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("row"))
        .values(name_sort_key=sa.bindparam("key"))
    )
    rows = sa.select(table.c.id, table.c.name).order_by(table.c.id).limit(AT_ONCE)
    last = 0
    while found := connection.execute(rows.where(table.c.id > last)).all():
        keys = [{"row": row.id, "key": sort_key(row.name)} for row in found]
        connection.execute(change, keys)
        last = found[-1].id
