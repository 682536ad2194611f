"""Counts lines of code: what is neither blank, nor comment, nor docstring."""

import io
import tokenize
from pathlib import Path

# The most lines of code that each part of the chassis may have; `base` is the rest.
CHASSIS_BUDGETS = {
    "base": 2000,
    "web": 1950,
    "messaging": 650,
    "admin": 550,
    "server": 450,
}
NOT_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}
BETWEEN = {tokenize.COMMENT, tokenize.NL}


def code_lines(folder: Path) -> int:
    """Return the lines of code of all Python files below a folder."""
    return sum(count(path.read_text()) for path in folder.rglob("*.py"))


def part_lines(folder: Path) -> dict[str, int]:
    """Return the lines of code of each part of the chassis."""
    parts = {part: code_lines(folder / part) for part in CHASSIS_BUDGETS}
    parts["base"] = code_lines(folder) - sum(parts.values())
    return parts


def count(source: str) -> int:
    """Return the lines of code of one file's text."""
    lines: set[int] = set()
    at_start = True
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        # A string that begins a statement is a docstring.
        is_docstring = token.type == tokenize.STRING and at_start
        if token.type not in NOT_CODE and not is_docstring:
            lines.update(range(token.start[0], token.end[0] + 1))
        if token.type not in BETWEEN:
            at_start = token.type in NOT_CODE
    return len(lines)
