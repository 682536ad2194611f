"""What a minute without something, or with too much of it, is made of."""

import pytest

from verification.faults.outages import BEGINS, LASTS, OUTAGES, SECONDS, outages
from verification.faults.plans import collide


@pytest.mark.parametrize("name", OUTAGES)
def test_an_outage_is_over_before_its_run_is(name):
    assert max(action.ends for action in OUTAGES[name]) <= SECONDS
    assert BEGINS + LASTS < SECONDS


@pytest.mark.parametrize("name", OUTAGES)
def test_no_action_of_an_outage_undoes_another(name):
    plan = OUTAGES[name]

    pairs = [(one, two) for one in plan for two in plan if one is not two]
    assert not any(collide(one, two) for one, two in pairs)


def test_a_file_is_no_server_that_could_go_away():
    assert "no database" not in dict(outages("sqlite"))
    assert dict(outages("postgresql")) == OUTAGES
