"""The index of the text search: words of products, and parts of words.

All three tables follow from the catalogue and can be rebuilt from it.
"""

from typing import ClassVar

from sqlalchemy import ForeignKey, Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import BigInt
from product_svc.extensions import db

LONGEST_ENTRY = 128
# In the order of code points on every database, so that a beginning is a range.
WORD = String(LONGEST_ENTRY).with_variant(
    String(LONGEST_ENTRY, collation="C"), "postgresql"
)


class ProductWord(db.Model):
    """A word of a product; the smaller the weight, the better the match."""

    __tablename__ = "product_words"
    logs_inserts: ClassVar[bool] = False
    logs_changes: ClassVar[bool] = False
    __table_args__ = (
        # The products of a word, best first; the key has the words of a product.
        Index(None, "word", "weight", "product_id"),
    )

    product_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("products.id", ondelete="CASCADE"), primary_key=True
    )
    word: Mapped[str] = mapped_column(WORD, primary_key=True)
    weight: Mapped[int] = mapped_column(SmallInteger)


class ProductText(db.Model):
    """A product's folded words in their order, for phrases."""

    __tablename__ = "product_texts"
    logs_inserts: ClassVar[bool] = False
    logs_changes: ClassVar[bool] = False

    product_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("products.id", ondelete="CASCADE"), primary_key=True
    )
    words: Mapped[str] = mapped_column(Text)


class WordPart(db.Model):
    """A part of a word: its end, or the word without one letter.

    The ends find words that contain a text, words without a letter find misspellings.
    """

    __tablename__ = "word_parts"
    logs_inserts: ClassVar[bool] = False
    logs_changes: ClassVar[bool] = False

    kind: Mapped[str] = mapped_column(String(1), primary_key=True)
    part: Mapped[str] = mapped_column(WORD, primary_key=True)
    word: Mapped[str] = mapped_column(WORD, primary_key=True)
