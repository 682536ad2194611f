"""Each rule is there because something breaks without it."""

import pytest

from verification.model.broken import SAFE, Broken
from verification.model.models import build
from verification.model.mutations import MUTATIONS
from verification.model.rules import Rules
from verification.model.search import explore

FOUND = [mutation for mutation in MUTATIONS if mutation.finds]
SAVED = [mutation for mutation in MUTATIONS if not mutation.finds]


def named(mutation):
    """Name a test after what it breaks, and where."""
    return f"{mutation.broken} in {mutation.model}"


def search(mutation):
    """Search the model that lacks the rule."""
    rules = Rules(mutation.broken)
    return explore(build(mutation.model, rules, loss=mutation.loss))


@pytest.mark.parametrize("mutation", FOUND, ids=named)
def test_a_rule_that_is_left_out_is_missed(mutation):
    report = search(mutation)

    assert mutation.finds in report.violation
    assert report.story


@pytest.mark.parametrize("mutation", SAVED, ids=named)
def test_another_rule_makes_good_what_this_one_leaves_out(mutation):
    assert search(mutation).violation == ""


def test_every_rule_that_can_be_broken_is():
    assert {mutation.broken for mutation in MUTATIONS} == set(Broken)


def test_what_nothing_shows_says_which_rule_saves_it():
    assert {mutation.broken for mutation in SAVED} == SAFE
    assert all(bool(m.saved_by) != bool(m.finds) for m in MUTATIONS)
