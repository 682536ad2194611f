"""The index is rebuilt while the shop runs."""

from typing import Any

from sqlalchemy import delete, select

from product_svc import cli
from product_svc.extensions import db
from product_svc.models import ProductText, ProductWord, WordPart


def snapshot() -> list[Any]:
    tables = (ProductWord.__table__, ProductText.__table__, WordPart.__table__)
    return [set(db.session.execute(select(table)).all()) for table in tables]


def test_a_lost_index_is_written_again_with_its_progress(
    shop: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(cli, "AT_ONCE", 2)
    category = shop.category(name="Pans")
    for name in ("Kadai", "Tawa", "Tea"):
        shop.product(name=name, description="Iron.", sku=name, category_id=category)
    runner = shop.app.test_cli_runner()
    with shop.app.app_context():
        before = snapshot()
        for table in (ProductWord, ProductText, WordPart):
            db.session.execute(delete(table))
        db.session.commit()

        rebuilt, again = (runner.invoke(args=["rebuild-words"]) for _ in range(2))
        db.session.rollback()

        assert snapshot() == before
    assert rebuilt.output.splitlines() == [
        "2 of 3 products, 2 changed",
        "3 of 3 products, 3 changed",
    ]
    assert again.output.splitlines()[-1] == "3 of 3 products, 0 changed"
