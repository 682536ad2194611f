"""The score counts every survivor; the page names each, with its reason."""

from pathlib import Path

import pytest

from verification.mutants.page import SCORE
from verification.mutation import excuses, page, run, score
from verification.mutation.excuses import Excuse
from verification.mutation.results import Mutant, Status

MODULE = Path("src/payment_svc/managers/refund_rules.py")
WAS, BECOMES = "if not 0 < wanted <= left:", "if not 0 < wanted < left:"
EXCUSE = Excuse(f"payment-svc/{MODULE}", "_check_amount", WAS, BECOMES, "A reason.")


def mutant(status, name="one", becomes=BECOMES):
    return Mutant(name, MODULE, "_check_amount", WAS, becomes, Status(status))


def rows(*statuses):
    mutants = [mutant(status, str(n)) for n, status in enumerate(statuses)]
    return [score.row("payment-svc", mutants)]


def test_a_score_is_the_killed_among_the_tested():
    (each,) = rows("killed", "killed", "killed", "survived", "types", "timeout", "open")

    assert each.tested == 4
    assert score.percent(each.counts) == "75.0 %"


def test_without_a_tested_mutant_there_is_no_score():
    assert score.percent(rows("open")[0].counts) == "-"


@pytest.mark.parametrize(
    ("killed", "excused", "good"),
    [(9, [EXCUSE], True), (9, [], False), (8, [EXCUSE], False)],
)
def test_a_run_is_good_with_ninety_percent_and_reasons_for_the_rest(
    killed, excused, good
):
    assert run.show(rows(*["killed"] * killed, "survived"), excused) is good


def test_a_run_that_tested_nothing_is_not_good():
    assert not run.show(rows("open"), [])


def test_a_sample_is_the_same_for_a_seed_and_continues():
    mutants = [mutant("open", str(number)) for number in range(50)]
    drawn = run.pending(mutants, 5, seed=3)
    done = {drawn[0]: "killed", drawn[1]: "survived", drawn[2]: "timeout"}
    later = [mutant(done.get(each.name, "open"), each.name) for each in mutants]

    assert len(drawn) == 5
    assert run.pending(later, 5, seed=3) == drawn[1:]
    assert run.pending(mutants, 5, seed=4) != drawn
    assert len(run.pending(mutants, 0, seed=3)) == 50


def test_texts_and_type_errors_are_never_run():
    assert run.pending([mutant("text"), mutant("types")], 0, seed=1) == []


def test_the_page_names_a_survivor_with_its_reason():
    found = page.text(rows("survived", "killed"), [EXCUSE], "abc")

    assert f"| `{WAS}` | `{BECOMES}` | A reason. |" in found
    assert "`abc`" in found
    assert "**not known yet**" in page.text(rows("survived"), [], "abc")


def test_the_score_replaces_its_own_section_alone(tmp_path):
    path = tmp_path / "mutants.md"
    path.write_text(f"# Mutants\n\nA list.\n\n{SCORE}\nAn old score.\n")

    page.write(rows("killed"), [], path)

    assert path.read_text().startswith(f"# Mutants\n\nA list.\n\n{SCORE}")
    assert "An old score." not in path.read_text()
    assert "| all | 1 | 0 | 0 | 0 | 0 | 1 | 0 | 100.0 % |" in path.read_text()


def test_an_excuse_covers_the_same_lines_of_the_same_function_alone():
    assert EXCUSE.covers("payment-svc", mutant("survived"))
    assert not EXCUSE.covers("order-svc", mutant("survived"))
    assert not EXCUSE.covers("payment-svc", mutant("survived", becomes="pass"))


def test_each_excused_survivor_still_exists_and_has_a_reason():
    for excuse in excuses.read():
        assert excuse.is_fresh(), excuse
        assert excuse.why.endswith("."), excuse


def test_an_excuse_of_lines_that_are_gone_is_not_fresh():
    assert EXCUSE.is_fresh()
    for gone in (
        Excuse("payment-svc/gone.py", "_check_amount", WAS, BECOMES, "A reason."),
        Excuse(EXCUSE.module, "gone", WAS, BECOMES, "A reason."),
        Excuse(EXCUSE.module, "_check_amount", "gone", BECOMES, "A reason."),
        Excuse(EXCUSE.module, "RefundRules.left", WAS, BECOMES, "A reason."),
    ):
        assert not gone.is_fresh()


def test_the_page_has_a_score():
    assert page.PATH.read_text().count(SCORE) == 1
