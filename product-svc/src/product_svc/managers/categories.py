"""The catalogue's categories, which form a tree."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.errors import Conflict, NotFound, Unprocessable
from chassis.folding import fold
from product_svc.managers.words import WordManager
from product_svc.models import Category, Product
from product_svc.search.vocabulary import size

MOST_COUNTED = 10_000  # products of a category


class CategoryManager:
    """Creates, changes and deletes categories; no category is its own ancestor."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.words = WordManager(session)

    def search(self, filters: Mapping[str, Any]) -> Select[Any]:
        """Select categories whose name contains `name`, below `parent_id`."""
        statement = select(Category)
        if filters.get("name"):
            statement = statement.where(self.has_name(filters["name"]))
        if filters.get("parent_id"):
            statement = statement.where(Category.parent_id == filters["parent_id"])
        return statement

    @staticmethod
    def has_name(text: str) -> ColumnElement[bool]:
        """Match categories whose name contains a text, without case and accents."""
        return Category.folded_name.contains(fold(text), autoescape=True)

    def count_products(self, categories: Sequence[Category]) -> None:
        """Set `product_count`: products on sale in the category and all below it."""
        rows = self.session.execute(select(Category.id, Category.parent_id)).all()
        below = {one.id: _subtree(one.id, rows) for one in categories}
        on_sale = and_(Product.category_id == Category.id, Product.is_active)
        counts = select(Category.id, size(on_sale, MOST_COUNTED, Category))
        ids: set[int] = set().union(*below.values())
        counted = self.session.execute(counts.where(Category.id.in_(ids))).all()
        found = {row[0]: row[1] for row in counted}
        for category in categories:
            total = sum(found.get(one, 0) for one in below[category.id])
            category.product_count = min(total, MOST_COUNTED)

    def with_descendants(self, ids: Collection[int]) -> list[int]:
        """Return the ids of categories and of all categories below them."""
        tree = select(Category.id).where(Category.id.in_(ids))
        below = tree.cte("below", recursive=True)
        children = select(Category.id).where(Category.parent_id == below.c.id)
        return sorted(self.session.scalars(select(below.union(children).c.id)))

    def get(self, category_id: int) -> Category:
        """Return a category."""
        return self._get(category_id)

    def lock(self, category_id: int) -> Category:
        """Return a category, locked until the transaction ends."""
        return self._get(category_id, with_for_update={"key_share": True})

    def _get(self, category_id: int, **options: Any) -> Category:
        category = self.session.get(Category, category_id, **options)
        if category is None:
            raise NotFound(f"There is no category {category_id}.")
        return category

    def find(self, name: str) -> Category | None:
        """Return the category of that name, or None."""
        return self.session.scalar(select(Category).where(Category.name == name))

    def create(self, fields: Mapping[str, Any]) -> Category:
        """Create a category."""
        category = Category(**fields)
        self._parents_of(category.parent_id)
        self.session.add(category)
        self._flush()
        return category

    def change(self, category: Category, fields: Mapping[str, Any]) -> None:
        """Change a category; a parent from its own subtree is refused."""
        parent_id = fields.get("parent_id")
        if category.id in self._parents_of(parent_id):
            raise Conflict(
                "A category cannot be its own ancestor.", code="category_cycle"
            )
        before = category.name
        if fields.get("name", before) != before:
            # Waits for changes of its products, which lock it for their words.
            self.session.execute(
                select(Category.id).filter_by(id=category.id).with_for_update()
            )
        for name, value in fields.items():
            setattr(category, name, value)
        self._flush()
        if category.name != before:
            self.words.rename_category(category, before)

    def delete(self, category: Category) -> None:
        """Delete a category: its products lose it, its children move to its parent."""
        mine = Product.category_id == category.id
        # Locked by id, as reservations do, so that the two never deadlock.
        self.session.scalars(
            select(Product.id).where(mine).order_by(Product.id).with_for_update()
        ).all()
        self.session.execute(update(Product).where(mine).values(category_id=None))
        self.session.execute(
            update(Category)
            .where(Category.parent_id == category.id)
            .values(parent_id=category.parent_id)
        )
        self.session.delete(category)
        self.session.flush()
        self.words.forget_category(category.name)

    def _parents_of(self, parent_id: int | None) -> set[int]:
        """Return the parent and all its ancestors, with the whole tree locked."""
        if parent_id is None:
            return set()
        tree = select(Category.id, Category.parent_id).order_by(Category.id)
        rows = self.session.execute(tree.with_for_update(key_share=True))
        parents: dict[int, int | None] = {row.id: row.parent_id for row in rows}
        if parent_id not in parents:
            message = f"There is no category {parent_id}."
            raise Unprocessable(message, errors={"parent_id": [message]})
        found: set[int] = set()
        above: int | None = parent_id
        while above is not None and above not in found:
            found.add(above)
            above = parents[above]
        return found

    def _flush(self) -> None:
        try:
            self.session.flush()
        except IntegrityError as error:
            if "name" not in str(error.orig):
                raise
            message = "Another category has this name."
            raise Conflict(message, code="name_taken") from None


def _subtree(category_id: int, rows: Sequence[Row[Any]]) -> set[int]:
    """Return the ids of a category and of all below it, from rows of the tree."""
    children: dict[int | None, list[int]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(row.id)
    found: set[int] = set()
    following = [category_id]
    while following:
        found.add(one := following.pop())
        following += [child for child in children.get(one, ()) if child not in found]
    return found
