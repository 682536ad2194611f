"""The generated parts of docs/security.md; the rest of the page is written by hand."""

from devtools.layout import ROOT

PATH = ROOT / "docs" / "security.md"


def replaced(page: str, **parts: str) -> str:
    """Return the page with new parts between the marks of these names."""
    for name, new in parts.items():
        begin, end = f"<!-- begin: {name} -->\n", f"<!-- end: {name} -->\n"
        before, _, rest = page.partition(begin)
        page = before + begin + new + end + rest.partition(end)[2]
    return page


def is_fresh(**parts: str) -> bool:
    """Return whether the page has these parts."""
    text = PATH.read_text()
    return replaced(text, **parts) == text


def write(**parts: str) -> None:
    """Rewrite these parts of the page."""
    PATH.write_text(replaced(PATH.read_text(), **parts))
