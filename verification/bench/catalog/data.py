"""A catalogue of any size and its index of words, inserted by PostgreSQL itself."""

from itertools import count, product

import psycopg
from sqlalchemy import make_url

from chassis.folding import fold
from chassis.sorting import sort_key
from product_svc.search import entries

ROOMS = ("Kitchen", "Garden", "Office", "Bath", "Hall", "Studio", "Pantry", "Nursery")
SHELVES = ("ware", "care", "decor", "storage", "light", "textile")
CATEGORIES = tuple(f"{room} {shelf}" for room, shelf in product(ROOMS, SHELVES))
KINDS = (
    *("kadai", "kettle", "lamp", "carrier", "tawa", "towel", "basket", "saree"),
    *("bowl", "knife", "mug", "plate", "rug", "shelf", "stool", "tray"),
    *("vase", "whisk", "apron", "bench", "candle", "drawer", "funnel", "grater"),
)
MATERIALS = (
    *("steel", "brass", "cotton", "bamboo", "copper", "clay", "iron", "linen"),
    *("glass", "jute", "marble", "oak", "paper", "silk", "teak", "wool"),
)
SYLLABLES = ("ba", "chi", "do", "ga", "hu", "ja", "ki", "lo", "mi", "na", "pu", "ra")
# Names of makers: a catalogue has thousands of words that a few products have.
MAKERS = tuple(map("".join, product(SYLLABLES, SYLLABLES, SYLLABLES, ("n", "sh"))))
OCCASIONS = ("everyday", "festive", "outdoor", "travel", "summer", "winter")
SIZES = tuple(map(str, (12, 16, 18, 20, 22, 24, 26, 28, 30, 36)))
LISTS = {
    "makers": list(MAKERS),
    "materials": list(MATERIALS),
    "kinds": list(KINDS),
    "occasions": list(OCCASIONS),
    "sizes": list(SIZES),
    "categories": list(CATEGORIES),
}
FIRST_CODE = 1000  # above all sizes, so that no word of a product comes twice
CREATE = """
CREATE FUNCTION pg_temp.pick(n bigint, place int, words text[]) RETURNS text AS
$$ SELECT words[1 + (hashint8extended(n, place) & 1048575) %% cardinality(words)] $$
LANGUAGE sql IMMUTABLE;
CREATE TEMPORARY TABLE made AS
SELECT n, n + %(first_code)s AS code,
  1 + n %% cardinality(%(categories)s::text[]) AS category,
  pg_temp.pick(n, 1, %(makers)s) AS maker,
  pg_temp.pick(n, 2, %(materials)s) AS material, pg_temp.pick(n, 3, %(kinds)s) AS kind,
  pg_temp.pick(n, 4, %(sizes)s) AS size, pg_temp.pick(n, 5, %(occasions)s) AS occasion,
  pg_temp.pick(n, 6, %(materials)s) AS lid, pg_temp.pick(n, 7, %(kinds)s) AS gift
FROM generate_series(1, %(number)s::bigint) n
"""
# Every 500th product is not on sale, every 200th is out of stock.
PRODUCTS = """
INSERT INTO products (id, sku, name, name_sort_key, description, price, stock_quantity,
  reserved_quantity, is_active, category_id, created_at, updated_at)
SELECT n, 'SKU-' || code,
  initcap(maker) || ' ' || material || ' ' || kind || ', ' || size || ' cm, ' || code,
  maker || ' ' || material || ' ' || kind || ', ' || length(size) || size || ' cm, '
    || length(code::text) || code,
  'For ' || occasion || ' use; ' || lid || ' lid, with a ' || gift || '.',
  (100 + hashint8extended(n, 8) & 1048575) %% 100000 / 100.0,
  CASE WHEN n %% 200 = 0 THEN 0 ELSE 1 + n * 31 %% 199 END, 0, n %% 500 <> 0, category,
  now() - n * interval '1 second', now()
FROM made
"""
# The weights of `product_svc.search.entries`; a word of the description makes it even.
WORDS = """
INSERT INTO product_words (product_id, word, weight)
SELECT n, entry.word, entry.weight FROM made, LATERAL (VALUES
  (maker, 11), (material, CASE material WHEN lid THEN 20 ELSE 21 END),
  (kind, CASE kind WHEN gift THEN 20 ELSE 21 END), (size, 21), ('cm', 21),
  (code::text, 21), ('sku', 31),
  (split_part((%(folded)s::text[])[category], ' ', 1), 51),
  (split_part((%(folded)s::text[])[category], ' ', 2), 51),
  (nullif(lid, material), 70), (nullif(gift, kind), 70),
  (occasion, 70), ('for', 70), ('use', 70), ('lid', 70), ('with', 70), ('a', 70),
  (concat_ws(' ', '=' || maker, material, kind, size, 'cm', code), 0),
  ('=sku ' || code, 0)) entry (word, weight)
WHERE entry.word IS NOT NULL
"""
TEXTS = """
INSERT INTO product_texts (product_id, words)
SELECT n, concat_ws(' ', ' ' || maker, material, kind, size, 'cm', code, '| for',
  occasion, 'use', lid, 'lid with a', gift, '| sku', code, '|')
FROM made
"""
SETTINGS = "SET maintenance_work_mem = '1GB'; SET session_replication_role = replica"
TABLES = ["products", "product_words"]
PLAIN = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid::regclass::text = ANY(%s)
  AND indexrelid NOT IN (SELECT conindid FROM pg_constraint)
"""

SCANS = "SELECT sum(seq_scan) FROM pg_stat_user_tables WHERE relname = ANY(%s)"


def fill(url: str, number: int) -> None:
    """Insert so many products into an empty catalogue."""
    address = make_url(url).set(drivername="postgresql")
    text = address.render_as_string(hide_password=False)
    with psycopg.connect(text, autocommit=True) as connection:
        connection.execute(SETTINGS)
        _insert(psycopg.ClientCursor(connection), number)
        connection.execute("VACUUM ANALYZE")


def _insert(cursor: psycopg.Cursor, number: int) -> None:
    """Insert all rows; indexes are made when the rows are there, which is faster."""
    indexes = cursor.execute(PLAIN, [TABLES]).fetchall()
    cursor.execute("ALTER TABLE product_words DROP CONSTRAINT pk_product_words")
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    _insert_rows(cursor, number)
    for _, definition in indexes:
        cursor.execute(definition)
    cursor.execute(
        "ALTER TABLE product_words"
        " ADD CONSTRAINT pk_product_words PRIMARY KEY (product_id, word)"
    )


def _insert_rows(cursor: psycopg.Cursor, number: int) -> None:
    folded = list(map(fold, CATEGORIES))
    with cursor.copy(
        "COPY category (id, name, folded_name, name_sort_key, created_at, updated_at)"
        " FROM STDIN"
    ) as copy:
        for row in zip(count(1), CATEGORIES, folded, map(sort_key, CATEGORIES)):
            copy.write_row((*row, "now", "now"))
    values = {**LISTS, "folded": folded, "number": number, "first_code": FIRST_CODE}
    for statement in (CREATE, PRODUCTS, WORDS, TEXTS):
        cursor.execute(statement, values)
    cursor.execute("SELECT setval('products_id_seq', %s)", [number])
    with cursor.copy("COPY word_parts (word, kind, part) FROM STDIN") as copy:
        for word in _words():
            for kind, part in sorted(entries.parts(word)):
                copy.write_row((word, kind, part))


def _words() -> set[str]:
    """Return the words of letters that the catalogue has."""
    of_rooms = {word for name in CATEGORIES for word in entries.split(name)}
    of_texts = {*entries.split("cm sku for use lid with a")}
    return {*MAKERS, *MATERIALS, *KINDS, *OCCASIONS, *of_rooms, *of_texts}


def scans(url: str) -> int:
    """Return how often a table of the catalogue was read from end to end."""
    address = make_url(url).set(drivername="postgresql")
    text = address.render_as_string(hide_password=False)
    with psycopg.connect(text, autocommit=True) as connection:
        row = connection.execute(SCANS, [[*TABLES, "product_texts"]]).fetchone()
    return int(row[0]) if row else 0
