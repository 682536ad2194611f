"""The index of the text search, filled from the catalogue."""

import sqlalchemy as sa
from alembic import op

from chassis.folding import fold
from product_svc.search import entries

# revision identifiers, used by Alembic.
revision = "0004_words"
down_revision = "0003_list_indexes"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.String(128).with_variant(sa.String(128, collation="C"), "postgresql")
AT_ONCE = 500


def upgrade():
    op.add_column(
        "category",
        sa.Column("folded_name", sa.Text(), server_default="", nullable=False),
    )
    op.create_table(
        "product_words",
        sa.Column("product_id", BIG, autoincrement=False, nullable=False),
        sa.Column("word", WORD, nullable=False),
        sa.Column("weight", sa.SmallInteger(), nullable=False),
        _of_product("product_words"),
        sa.PrimaryKeyConstraint("product_id", "word", name=op.f("pk_product_words")),
    )
    op.create_index(
        op.f("ix_product_words_word_weight_product_id"),
        "product_words",
        ["word", "weight", "product_id"],
    )
    op.create_table(
        "product_texts",
        sa.Column("product_id", BIG, autoincrement=False, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        _of_product("product_texts"),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_product_texts")),
    )
    op.create_table(
        "word_parts",
        sa.Column("kind", sa.String(1), nullable=False),
        sa.Column("part", WORD, nullable=False),
        sa.Column("word", WORD, nullable=False),
        sa.PrimaryKeyConstraint("kind", "part", "word", name=op.f("pk_word_parts")),
    )
    _fill(op.get_bind())


def downgrade():
    for table in ("word_parts", "product_texts", "product_words"):
        op.drop_table(table)
    with op.batch_alter_table("category") as category:
        category.drop_column("folded_name")


def _of_product(table):
    name = op.f(f"fk_{table}_product_id")
    return sa.ForeignKeyConstraint(
        ["product_id"], ["products.id"], name=name, ondelete="CASCADE"
    )


def _fill(connection):
    """Write the index; `flask rebuild-words` does the same at any time."""
    meta = sa.MetaData()
    names = ("category", "products", "product_words", "product_texts", "word_parts")
    tables = {name: sa.Table(name, meta, autoload_with=connection) for name in names}
    category, products = tables["category"], tables["products"]
    for row in connection.execute(sa.select(category.c.id, category.c.name)).all():
        change = sa.update(category).where(category.c.id == row.id)
        connection.execute(change.values(folded_name=fold(row.name)))
    known: set[str] = set()
    last = 0
    while rows := _sources(connection, category, products, last):
        _write(connection, tables, rows, known)
        last = rows[-1].id


def _sources(connection, category, products, last):
    joined = products.outerjoin(category, products.c.category_id == category.c.id)
    columns = (products.c.name, products.c.description, products.c.sku)
    statement = sa.select(products.c.id, *columns, category.c.name.label("category"))
    statement = statement.select_from(joined).where(products.c.id > last)
    return connection.execute(statement.order_by(products.c.id).limit(AT_ONCE)).all()


def _write(connection, tables, rows, known):
    words, texts, parts = [], [], []
    for row in rows:
        source = entries.Source(row.name, row.description, row.sku, row.category)
        found = entries.weights(source)
        words += [
            {"product_id": row.id, "word": word, "weight": weight}
            for word, weight in found.items()
        ]
        texts.append({"product_id": row.id, "words": entries.text(source)})
        for word in found.keys() - known:
            parts += [
                {"kind": kind, "part": part, "word": word}
                for kind, part in entries.parts(word)
            ]
        known |= found.keys()
    for name, new in (
        ("product_words", words),
        ("product_texts", texts),
        ("word_parts", parts),
    ):
        if new:
            connection.execute(sa.insert(tables[name]), new)
