"""The folding of text for all searches: without case and accents."""

import unicodedata

import regex

# Letters with strokes and ligatures that Unicode does not decompose.
_PLAIN = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "\u0131": "i",  # without its dot
    }
)
_APOSTROPHE = regex.compile(r"(?<=\p{L})['\u2019\u02bc](?:s\b)?")
_JOINERS = regex.compile(r"\p{Default_Ignorable_Code_Point}")
# A number and a unit are two words, so that 24cm and 24 cm are the same.
_WORD = regex.compile(r"\p{N}+|[\p{L}\p{M}]+")


def _is_accent(character: str) -> bool:
    """Return whether a mark is an accent; vowel signs, viramas and tones are letters.

    The combining classes 10..36 are Hebrew and Arabic points, those from 200 on are
    above or below a letter.
    """
    kind = unicodedata.combining(character)
    return 10 <= kind <= 36 or kind >= 200


def fold(text: str) -> str:
    """Return a text as searches compare it: `CAFÉ` and `café` are `cafe`."""
    apart = unicodedata.normalize("NFKD", _JOINERS.sub("", text).casefold())
    apart = unicodedata.normalize("NFKD", apart.casefold())
    plain = "".join(c for c in apart if not _is_accent(c)).translate(_PLAIN)
    return unicodedata.normalize("NFC", plain)


def words(text: str) -> list[str]:
    """Return the folded words of a text in its order; `Tea, 24cm` has three."""
    found: list[str] = _WORD.findall(_APOSTROPHE.sub("", fold(text)))
    return found
