"""Writes docs/model.md from page.md, the models, the mutations and the cells."""

from collections.abc import Iterable
from pathlib import Path

from devtools.layout import ROOT
from verification.model.cells import MET, NOT_USED
from verification.model.models import ABOUT
from verification.model.mutations import MUTATIONS, Mutation
from verification.model.rules import Key

PATH = ROOT / "docs" / "model.md"
TEMPLATE = Path(__file__).with_name("page.md")


def document() -> str:
    """Return the page's text."""
    return TEMPLATE.read_text(encoding="utf-8").format(
        models="\n".join(f"- **{name}**: {about}." for name, about in ABOUT.items()),
        mutations="\n".join(_mutation(mutation) for mutation in MUTATIONS),
        not_used=_reasons(NOT_USED),
        met=_reasons(MET),
    )


def write() -> None:
    """Write the page."""
    PATH.write_text(document(), encoding="utf-8")


def _mutation(mutation: Mutation) -> str:
    where = mutation.model + (", messages lost" if mutation.loss else "")
    found = f"*{mutation.finds}*" if mutation.finds else f"safe: {mutation.saved_by}"
    return f"| `{mutation.broken}` in {where} | {mutation.rule} | {found} |"


def _reasons(table: dict[str, list[Key]]) -> str:
    return "".join(f"- {_cells(keys)}: {why}.\n" for why, keys in table.items())


def _cells(keys: Iterable[Key]) -> str:
    """Write cells as machine, event and the states in which it holds."""
    found: dict[tuple[str, str], list[str]] = {}
    for machine, state, event in keys:
        found.setdefault((machine, event), []).append(str(state or "(none)"))
    return "; ".join(
        f"{machine} `{event}` in {', '.join(sorted(states))}"
        for (machine, event), states in found.items()
    )
