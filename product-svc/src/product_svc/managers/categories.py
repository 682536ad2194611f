"""The catalogue's categories, which form a tree."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.errors import Conflict, NotFound, Unprocessable
from product_svc import search
from product_svc.models import Category, Product


class CategoryManager:
    """Creates, changes and deletes categories; no category is its own ancestor."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def search(self, filters: Mapping[str, Any]) -> Select[Any]:
        """Select categories whose name contains `name`, below `parent_id`."""
        statement = select(Category)
        if filters.get("name"):
            statement = statement.where(search.contains(Category.name, filters["name"]))
        if filters.get("parent_id"):
            statement = statement.where(Category.parent_id == filters["parent_id"])
        return statement

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
        for name, value in fields.items():
            setattr(category, name, value)
        self._flush()

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
