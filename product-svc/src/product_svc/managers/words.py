"""The index of the text search: it changes in the transaction of the catalogue."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Row, delete, exists, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from product_svc.models import Category, Product, ProductText, ProductWord, WordPart
from product_svc.search import entries

SOURCES = frozenset({"name", "description", "sku", "category_id"})
CATEGORY_ALONE = entries.CATEGORY + entries.ELSEWHERE
_ENTRIES = ProductWord.__table__


class WordManager:
    """Keeps the index in step; callers hold the locks of the products."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def index(self, product_ids: Collection[int]) -> int:
        """Write the words of products; return how many products had others."""
        rows = self._sources(product_ids)
        names = self._category_names({row.category_id for row in rows})
        sources = {
            row.id: entries.Source(
                row.name, row.description, row.sku, names.get(row.category_id)
            )
            for row in rows
        }
        wanted = {key: entries.weights(source) for key, source in sources.items()}
        texts = {key: entries.text(source) for key, source in sources.items()}
        changed = self._write(wanted) | self._write_texts(texts)
        self.add_parts({word for words in wanted.values() for word in words})
        return len(changed)

    def _sources(self, product_ids: Collection[int]) -> list[Row[Any]]:
        columns = (Product.id, Product.name, Product.description, Product.sku)
        statement = select(*columns, Product.category_id)
        return list(self.session.execute(statement.where(Product.id.in_(product_ids))))

    def _category_names(self, ids: set[int | None]) -> dict[int | None, str]:
        """Return names, locked: a category that is renamed waits, or is waited for."""
        statement = (
            select(Category.id, Category.name)
            .where(Category.id.in_(ids - {None}))
            .order_by(Category.id)
            .with_for_update(read=True, key_share=True)
        )
        return {row.id: row.name for row in self.session.execute(statement)}

    def _write(self, wanted: dict[int, dict[str, int]]) -> set[int]:
        """Replace the entries that differ; return the ids of their products."""
        found: dict[int, dict[str, int]] = defaultdict(dict)
        stored = select(ProductWord.product_id, ProductWord.word, ProductWord.weight)
        for row in self.session.execute(
            stored.where(ProductWord.product_id.in_(list(wanted)))
        ):
            found[row.product_id][row.word] = row.weight
        new: list[dict[str, Any]] = []
        changed = set()
        for product_id, words in wanted.items():
            old = found[product_id].items() - words.items()
            self._delete(product_id, [word for word, _ in old])
            added = words.items() - found[product_id].items()
            new += [_entry(product_id, *pair) for pair in sorted(added)]
            changed |= {product_id} if old or added else set()
        if new:
            self.session.execute(insert(_ENTRIES), new)
        return changed

    def _delete(self, product_id: int, words: list[str]) -> None:
        if words:
            self.session.execute(
                delete(ProductWord)
                .where(
                    ProductWord.product_id == product_id, ProductWord.word.in_(words)
                )
                .execution_options(synchronize_session=False)
            )

    def _write_texts(self, texts: dict[int, str]) -> set[int]:
        mine = ProductText.product_id.in_(list(texts))
        statement = select(ProductText.product_id, ProductText.words).where(mine)
        found = {row.product_id: row.words for row in self.session.execute(statement)}
        changed = {key for key, words in texts.items() if found.get(key) != words}
        if changed:
            self.session.execute(
                delete(ProductText)
                .where(ProductText.product_id.in_(changed))
                .execution_options(synchronize_session=False)
            )
            rows = [{"product_id": key, "words": texts[key]} for key in sorted(changed)]
            self.session.execute(insert(ProductText.__table__), rows)
        return changed

    def add_parts(self, words: Iterable[str]) -> None:
        """Add the parts of words that the index has for the first time."""
        parted = {word: parts for word in words if (parts := entries.parts(word))}
        known = select(WordPart.word).where(
            WordPart.kind == entries.MISSPELLED,
            WordPart.part.in_(list(parted)),
            WordPart.part == WordPart.word,
        )
        for word in self.session.scalars(known).all():
            del parted[word]
        rows = [
            {"kind": kind, "part": part, "word": word}
            for word, parts in parted.items()
            for kind, part in parts
        ]
        if rows:
            # In one order, so that two transactions with the same words never deadlock.
            rows.sort(key=lambda row: (row["kind"], row["part"], row["word"]))
            self.session.execute(self._insert_missing(), rows)

    def _insert_missing(self) -> Any:
        """Return the statement that inserts parts which another may insert, too."""
        if self.session.get_bind().dialect.name == "sqlite":
            return sqlite.insert(WordPart.__table__).on_conflict_do_nothing()
        return postgresql.insert(WordPart.__table__).on_conflict_do_nothing()

    def rename_category(self, category: Category, before: str) -> None:
        """Replace the words that a renamed category gives to its products."""
        old, new = (
            entries.category_words(name) for name in (before, str(category.name))
        )
        mine = select(Product.id).where(Product.category_id == category.id)
        self._remove(old - new, mine)
        self._add(new - old, mine)
        self.add_parts(new - old)

    def forget_category(self, name: str) -> None:
        """Remove the words of a deleted category from products that are in none."""
        orphans = select(Product.id).where(Product.category_id.is_(None))
        self._remove(entries.category_words(name), orphans)

    def _remove(self, words: set[str], product_ids: Any) -> None:
        mine = ProductWord.word.in_(words) & ProductWord.product_id.in_(product_ids)
        self.session.execute(
            delete(ProductWord)
            .where(mine, ProductWord.weight == CATEGORY_ALONE)
            .execution_options(synchronize_session=False)
        )
        self.session.execute(
            update(ProductWord)
            .where(mine, ProductWord.weight == entries.CATEGORY)
            .values(weight=entries.DESCRIPTION)
            .execution_options(synchronize_session=False)
        )

    def _add(self, words: set[str], product_ids: Any) -> None:
        described = ProductWord.weight == entries.DESCRIPTION
        mine = ProductWord.word.in_(words) & ProductWord.product_id.in_(product_ids)
        self.session.execute(
            update(ProductWord)
            .where(mine, described)
            .values(weight=entries.CATEGORY)
            .execution_options(synchronize_session=False)
        )
        for word in sorted(words):
            has_it = exists().where(
                ProductWord.product_id == Product.id, ProductWord.word == word
            )
            missing = select(Product.id, literal(word), literal(CATEGORY_ALONE))
            missing = missing.where(Product.id.in_(product_ids), ~has_it)
            columns = ["product_id", "word", "weight"]
            self.session.execute(insert(_ENTRIES).from_select(columns, missing))


def _entry(product_id: int, word: str, weight: int) -> dict[str, Any]:
    return {"product_id": product_id, "word": word, "weight": weight}
