"""Each mutation violates an invariant, or another rule protects it."""

import pytest

from verification.model.broken import SAFE, Broken
from verification.model.models import build
from verification.model.mutations import MUTATIONS
from verification.model.rules import Rules
from verification.model.search import explore

FOUND = [mutation for mutation in MUTATIONS if mutation.finds]
SAVED = [mutation for mutation in MUTATIONS if not mutation.finds]


def named(mutation):
    """Name a test after its mutation and model."""
    return f"{mutation.broken} in {mutation.model}"


def search(mutation):
    """Search the model with the mutation."""
    rules = Rules(mutation.broken)
    return explore(build(mutation.model, rules, loss=mutation.loss))


@pytest.mark.parametrize("mutation", FOUND, ids=named)
def test_a_mutation_is_found(mutation):
    report = search(mutation)

    assert mutation.finds in report.violation
    assert report.counterexample


@pytest.mark.parametrize("mutation", SAVED, ids=named)
def test_another_rule_protects_what_this_mutation_leaves_out(mutation):
    assert search(mutation).violation == ""


def test_every_mutation_is_in_the_table():
    assert {mutation.broken for mutation in MUTATIONS} == set(Broken)


def test_a_mutation_without_a_violation_names_the_rule_that_protects():
    assert {mutation.broken for mutation in SAVED} == SAFE
    assert all(bool(m.saved_by) != bool(m.finds) for m in MUTATIONS)
