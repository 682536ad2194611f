"""Which characters a text may hold, decided by their Unicode properties."""

import unicodedata

import regex

LINE_BREAKS = regex.compile("[\n\r\v\f\x85\u2028\u2029]")
# Characters that are never displayed, that turn text around, or that look like nothing.
_HIDDEN = (
    r"[[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}"
    r"\p{Noncharacter_Code_Point}\u2800\ufff9-\ufffb\U0001d159]"
    r"--[\u00ad\u034f{kept}]]"
)
_HIDDEN_IN_ONE_LINE = regex.compile(_HIDDEN.replace("{kept}", ""), regex.V1)
_HIDDEN_IN_LINES = regex.compile(_HIDDEN.replace("{kept}", r"\n\t"), regex.V1)
_VISIBLE = regex.compile(r"[^\p{Z}\p{Cc}\p{Default_Ignorable_Code_Point}]", regex.V1)
_JOINING = r"[\p{jt=D}\p{jt=L}\p{jt=R}\u0621\u0640]"
_VARIABLE = r"[\p{Emoji}\p{Han}\p{S}\p{P}\p{Myanmar}\p{Mongolian}\p{Phags_Pa}]"
_FLAGS = {"gbeng", "gbsct", "gbwls"}  # all flags of Unicode that have tags
_TAGS = "|".join("".join(chr(0xE0000 + ord(c)) for c in flag) for flag in _FLAGS)
# Joiners where they change how letters are displayed (RFC 5892, A.1 and A.2; Bengali
# and Kannada have one before the virama), and what emoji consist of (UTS 51).
_ALLOWED = regex.compile(
    rf"""
    (?<=\p{{L}}\p{{M}}{{0,8}}\p{{ccc=9}}) [\u200c\u200d]
    | (?<=\p{{L}}\p{{M}}{{0,8}}) [\u200c\u200d] (?=\p{{ccc=9}})
    | (?<={_JOINING}\p{{Mn}}{{0,8}}) [\u200c\u200d] (?=\p{{Mn}}{{0,8}}{_JOINING})
    | (?<=\p{{Extended_Pictographic}}[\ufe0f\p{{Emoji_Modifier}}]?) \u200d
      (?=\p{{Extended_Pictographic}})
    | (?<=\U0001f3f4) (?:{_TAGS}) \U000e007f
    | (?<={_VARIABLE}) [\p{{Variation_Selector}}\u180e]
    """,
    regex.V1 | regex.X,
)


def is_blank(text: str, *, lines: bool = False) -> bool:
    """Return whether a text is what a form leaves unfilled: nothing, or spaces."""
    return not text.strip(" \u00a0\u3000\t\r\n" if lines else " \u00a0\u3000")


def has_hidden(text: str, *, lines: bool = False) -> bool:
    """Return whether a text holds characters that nobody sees.

    Joiners and the parts of emoji are accepted where Unicode gives them an effect.
    """
    hidden = _HIDDEN_IN_LINES if lines else _HIDDEN_IN_ONE_LINE
    if hidden.search(text) is None:
        return False
    return hidden.search(_ALLOWED.sub("", text)) is not None


def is_visible(text: str) -> bool:
    """Return whether a text displays anything."""
    return _VISIBLE.search(text) is not None


def with_newlines(text: str) -> str:
    r"""Return a text whose lines end with \n; HTML forms send \r\n."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def normalized(text: str, most: int) -> str:
    """Return a text in NFC, or as it is when NFC is longer than the field."""
    composed = unicodedata.normalize("NFC", text)
    return composed if len(composed) <= most else text


# The patterns for clients: necessary conditions in the dialect of ECMAScript. Where
# joiners and variation selectors have an effect cannot be written there.
NEVER = (
    r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u115f\u1160"
    r"\u17b4\u17b5\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164"
    r"\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
)
_BLANK = r"\s\u00ad\u034f\u200c\u200d\ufe00-\ufe0f"


def pattern(*, lines: bool, may_be_blank: bool) -> str:
    """Return the pattern of a text for an OpenAPI document."""
    never = NEVER if lines else rf"{NEVER}\u0009\u000a\u000d"
    anything = f"[^{never}]*"
    if may_be_blank:
        return f"^{anything}$"
    return f"^{anything}[^{never}{_BLANK}]{anything}$"
