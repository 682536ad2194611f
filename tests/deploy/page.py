"""Reads docs/operations.md: sections, code blocks and commands."""

import re
import textwrap
from functools import cache

from devtools.chart import render
from devtools.layout import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text()
FENCED = re.compile(r"^( *)```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def section(heading):
    """Return the text under a heading."""
    return PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def blocks(language, heading=""):
    """Return the code blocks of a language, in the page or under one heading."""
    found = FENCED.findall(section(heading) if heading else PAGE)
    return [textwrap.dedent(body) for _, kind, body in found if kind == language]


def commands(heading, word):
    """Return the only block under a heading that starts with a word."""
    found = [block for block in blocks("sh", heading) if block.startswith(word)]
    assert len(found) == 1, f"{heading} has {len(found)} blocks that start with {word}"
    return found[0]


@cache
def golden(case, kind):
    """Return the objects of a kind in a golden file, by name."""
    documents = render.documents((render.GOLDEN / f"{case}.yaml").read_text())
    return {one["metadata"]["name"]: one for one in documents if one["kind"] == kind}
