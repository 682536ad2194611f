"""docs/operations.md as its readers use it: commands under a heading, names in it."""

import re
import textwrap

from shop.layout import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text()
FENCED = re.compile(r"^( *)```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def blocks(language, heading=""):
    """Return the fenced blocks of a language, all of them or those under a heading."""
    text = PAGE
    if heading:
        text = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    found = FENCED.findall(text)
    return [textwrap.dedent(body) for _, kind, body in found if kind == language]


def commands(heading, word):
    """Return the one block under a heading whose commands begin with a word."""
    found = [block for block in blocks("sh", heading) if block.startswith(word)]
    assert len(found) == 1, f"{heading} has {len(found)} blocks of {word}"
    return found[0]
