"""Text search: the index of words, and searches of it.

`entries` computes what the index has of a product, `vocabulary` finds the words that a
search means, `terms` reads a search, and `matching` makes its statements.
"""

from product_svc.search.highlights import Highlighter
from product_svc.search.matching import Search
from product_svc.search.terms import understand

__all__ = ["Highlighter", "Search", "understand"]
