"""A catalogue of any size, inserted by PostgreSQL itself."""

from sqlalchemy import NullPool, create_engine, text

CATEGORIES = 50
KINDS = ("kadai", "kettle", "lamp", "carrier", "tawa", "towel", "basket", "saree")
MATERIALS = ("steel", "brass", "cotton", "bamboo", "copper", "clay", "iron", "linen")
STATEMENTS = (
    "TRUNCATE products, category RESTART IDENTITY CASCADE",
    """INSERT INTO category (id, name, created_at, updated_at)
       SELECT n, 'Category ' || n, now(), now()
       FROM generate_series(1, :categories) n""",
    """INSERT INTO products (id, sku, name, description, price, stock_quantity,
         reserved_quantity, is_active, category_id, created_at, updated_at)
       SELECT n, 'SKU-' || n,
         initcap((:materials)[1 + n * 7 % 8]) || ' ' || (:kinds)[1 + n % 8] || ' ' || n,
         'A ' || (:kinds)[1 + n * 3 % 8] || ' of ' || (:materials)[1 + n * 5 % 8]
           || ' for everyday use, model ' || n || ' of its line',
         1 + n::bigint * 7919 % 100000 / 100.0, n::bigint * 31 % 200, 0, true,
         1 + n % :categories, now() - n * interval '1 second', now()
       FROM generate_series(1, :number) n""",
    "SELECT setval('products_id_seq', :number)",
)


def fill(url: str, number: int) -> None:
    """Replace the catalogue by so many products."""
    values = {
        "number": number,
        "categories": CATEGORIES,
        "kinds": list(KINDS),
        "materials": list(MATERIALS),
    }
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in STATEMENTS:
            names = {n: v for n, v in values.items() if f":{n}" in statement}
            connection.execute(text(statement), names)
        connection.exec_driver_sql("VACUUM ANALYZE")
    engine.dispose()
