"""docs/performance.md, of which each benchmark writes a section of its own."""

from pathlib import Path


def write(page: Path, name: str, text: str) -> None:
    """Replace a section of the page, or add it at the end."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"
    before = page.read_text() if page.exists() else "# Performance\n\n"
    head, is_there, rest = before.partition(begin)
    tail = rest.partition(end)[2] if is_there else ""
    page.write_text(f"{head}{begin}{text}{end}{tail}")
