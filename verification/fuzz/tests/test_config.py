"""The configuration of Schemathesis turns nothing off."""

import re
import tomllib

import pytest

from verification.fuzz.runs import CONFIG, PHASES, command

WIDENED = {
    "positive_data_acceptance",
    "negative_data_rejection",
    "not_a_server_error",
}


@pytest.fixture(scope="module")
def text() -> str:
    return CONFIG.read_text()


def test_no_check_no_phase_and_no_operation_is_turned_off(text: str) -> None:
    found = tomllib.loads(text)

    assert found.pop("cache") == {"enabled": False}
    assert found.pop("generation") == {"database": "none"}
    assert set(found) == {"operations"}
    assert "enabled" not in str(found)
    assert "exclude" not in str(found)


def test_only_single_operations_have_more_statuses(text: str) -> None:
    for operation in tomllib.loads(text)["operations"]:
        checks = operation.pop("checks")

        assert set(operation) <= {"include-path", "include-name"}
        assert set(checks) <= WIDENED
        for check in checks.values():
            assert set(check) == {"expected-statuses"}


def test_every_widened_status_has_its_reason_beside_it(text: str) -> None:
    headings = re.findall(r"(^#.*\n)?\[\[operations\]\]", text, re.MULTILINE)

    assert len(headings) > 1
    assert all(headings)


def test_a_run_has_all_checks_and_phases_and_a_seed(tmp_path) -> None:
    words = command("http://127.0.0.1:1", tmp_path / "report.json", 7, 3)

    def after(option: str) -> str:
        return words[words.index(option) + 1]

    assert after("--checks") == "all"
    assert set(after("--phases").split(",")) == set(PHASES)
    assert set(PHASES) == {"examples", "coverage", "fuzzing", "stateful"}
    assert (after("--seed"), after("--max-examples")) == ("7", "3")
    assert "--exclude-checks" not in words
