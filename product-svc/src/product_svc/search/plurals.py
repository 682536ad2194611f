"""English plurals: the singular under which a word is found, too."""

SHORTEST = 4  # letters of a word that may be a plural
IRREGULAR = {
    "children": "child",
    "feet": "foot",
    "geese": "goose",
    "halves": "half",
    "knives": "knife",
    "leaves": "leaf",
    "loaves": "loaf",
    "men": "man",
    "mice": "mouse",
    "scarves": "scarf",
    "shelves": "shelf",
    "teeth": "tooth",
    "wolves": "wolf",
    "women": "woman",
}
ENDINGS = (
    ("ies", "y", 5),
    ("sses", "ss", 5),
    ("xes", "x", 4),
    ("ches", "ch", 6),
    ("shes", "sh", 5),
    ("zzes", "zz", 5),
    ("oes", "o", 6),
    ("lenses", "lens", 6),
    ("buses", "bus", 5),
    ("s", "", SHORTEST),
)
NO_PLURAL = ("ss", "lens")


def singular(word: str) -> str:
    """Return the singular of an English plural.

    Another word that ends in s loses it, too. This does no harm: the index has a word
    in both forms, and a search uses the same rule.
    """
    if word in IRREGULAR:
        return IRREGULAR[word]
    if not word.isascii() or word.endswith(NO_PLURAL):
        return word
    for ending, replacement, least in ENDINGS:
        if word.endswith(ending) and len(word) >= least:
            return word.removesuffix(ending) + replacement
    return word
