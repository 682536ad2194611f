"""Model checking of the saga: no reachable state violates an invariant.

Every search allows lost messages, which includes every execution without loss.
"""

from functools import cache

import pytest

from order_svc.models import OrderState
from verification.model import page
from verification.model.cells import CELLS, MET, NOT_USED, is_impossible
from verification.model.models import ABOUT, MODELS, build
from verification.model.rules import Rules
from verification.model.search import Search, run


@cache
def searched(name):
    """Return the search of a whole model."""
    return run(Search(build(name, Rules(), loss=True), lambda states: None))


def taken():
    """Return every cell that any model has used."""
    return {key for name in MODELS for key in searched(name).model.rules.used}


@pytest.mark.parametrize("name", MODELS)
def test_no_reachable_state_violates_an_invariant(name):
    report = searched(name).report

    assert (report.violation, report.counterexample) == ("", ())


def test_an_order_reaches_every_final_state_and_no_other():
    ends = {end.split(",")[0] for end in searched("checkout").report.ends}

    good = ("confirmed", "rejected", "expired", "cancelled", "refunded")
    assert ends == {f"order {OrderState(state)}" for state in good}


def test_each_possible_cell_is_used_or_has_a_reason_why_not():
    possible = {key for key in CELLS if not is_impossible(key)}
    excused = {key for keys in NOT_USED.values() for key in keys}

    assert possible - taken() == excused


def test_an_impossible_cell_is_met_only_by_a_process_that_was_paused():
    never = {key for key in CELLS if is_impossible(key)}
    excused = {key for keys in MET.values() for key in keys}

    assert never & taken() == excused


def test_a_cell_has_one_reason():
    reasons = [
        key for table in (NOT_USED, MET) for keys in table.values() for key in keys
    ]

    assert len(reasons) == len(set(reasons))


def test_the_page_is_what_the_models_say():
    assert list(ABOUT) == list(MODELS)
    assert page.PATH.read_text(encoding="utf-8") == page.document(), (
        "stale: make model ARGS=--write"
    )
