"""What people type finds the same products on every database, with bounded work."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from search.corpus import FILTERS, HOSTILE, SEARCHES
from sqlalchemy import event, text

from product_svc.extensions import db


def skus(shop: Any, **query: Any) -> list[str]:
    answer = shop.call("GET", "/products/", query_string={"limit": 100, **query})
    assert answer.status_code == 200, answer.text
    return [row["sku"] for row in answer.json["data"]]


def test_each_search_finds_its_products_and_the_best_first(
    shop: Any, corpus: Any, subtests: Any
) -> None:
    for typed, expected in SEARCHES.items():
        found = skus(shop, q=typed)
        any_order = skus(shop, q=typed, sort="id")

        with subtests.test(typed):
            assert sorted(found) == sorted(expected.split())
            assert found[:1] == expected.split()[:1]
            assert sorted(any_order) == sorted(found)


def test_each_filter_finds_its_products(shop: Any, corpus: Any, subtests: Any) -> None:
    for query, expected in FILTERS.items():
        answer = shop.call("GET", f"/products/?{query}")

        with subtests.test(query):
            assert answer.status_code == 200
            found = [row["sku"] for row in answer.json["data"]]
            assert sorted(found) == sorted(expected.split())


def test_a_search_is_ranked_by_where_its_words_are(shop: Any, corpus: Any) -> None:
    assert skus(shop, q="tea") == ["BEV-1", "BEV-2", "CAF-1", "BEV-3"]
    assert skus(shop, q="iron") == ["KIT-4", "KIT-1"]
    assert skus(shop, q="tea", sort="-relevance") == [
        *("BEV-3", "CAF-1", "BEV-2", "BEV-1")
    ]


def test_pages_by_relevance_are_those_of_one_list(shop: Any, corpus: Any) -> None:
    for typed in ("tea", "cast iron", "cookware"):
        seen, query = [], {"q": typed, "limit": 2}
        cursor = ""
        while cursor is not None:
            more = {"cursor": cursor} if cursor else {}
            page = shop.call("GET", "/products/", query_string={**query, **more}).json
            seen += [row["sku"] for row in page["data"]]
            cursor = page["next_cursor"]

        assert seen == skus(shop, q=typed)


def test_whatever_is_typed_is_answered(shop: Any, corpus: Any, subtests: Any) -> None:
    for typed in HOSTILE:
        for name in ("q", "name", "description"):
            for sort in ("price", *(["relevance"] if name == "q" else [])):
                query = {name: typed[:100], "sort": sort}
                answer = shop.call("GET", "/products/", query_string=query)

                with subtests.test(f"{name} {typed[:20]} {sort}"):
                    assert answer.status_code in (200, 422), answer.text
                    if answer.status_code == 422:
                        assert list(answer.json["errors"]) == [name]


@contextmanager
def recorded() -> Iterator[list[Any]]:
    """Collect the SELECTs that are executed inside."""
    found: list[Any] = []

    def note(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            found.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


INDEXED = ("products", "product_words", "product_texts", "word_parts")


def scans(statement: str, values: Any) -> list[str]:
    """Return the lines of a statement's plan that read a whole table of the index."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            explain = f"EXPLAIN QUERY PLAN {statement}"
            rows = connection.exec_driver_sql(explain, values).all()
            return [row[3] for row in rows if is_scan(row[3])]
        # Small tables are read whole unless that is forbidden.
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        rows = connection.exec_driver_sql(f"EXPLAIN {statement}", values).all()
        return [row[0] for row in rows if is_scan(row[0])]


def is_scan(line: str) -> bool:
    """Return whether a line of a plan reads a whole table.

    A list may walk an index of the products in its order; its limit ends that.
    """
    words = line.replace("->", "").split()
    is_whole = "Seq" in words or words[:1] == ["SCAN"]
    is_ordered = "products" in words and "USING" in words
    is_ours = any(word.startswith(INDEXED) for word in words)
    return is_whole and is_ours and not is_ordered


def test_no_search_reads_a_whole_table(shop: Any, corpus: Any, subtests: Any) -> None:
    queries = [{"q": typed} for typed in (*SEARCHES, *HOSTILE)]
    queries += [{"q": typed, "sort": "price"} for typed in ("tea", "cast iron", "x")]
    queries += [{"name": "tea"}, {"name": "te"}, {"description": "iron cas"}]
    paths = [("/products/", query) for query in queries]
    paths += [("/products/suggest/", {"q": typed}) for typed in ("t", "kad", "zz zz")]
    paths += [("/products/facets/", {"q": typed}) for typed in ("t", "kad iron")]
    with shop.app.app_context():
        for path, query in paths:
            with recorded() as statements:
                shop.call("GET", path, query_string=query)

            with subtests.test(f"{path} {query}"):
                assert [scan for one in statements for scan in scans(*one)] == []
