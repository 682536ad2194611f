import pytest

WRONG = {
    "an unknown field": ({"amuont": 1}, "Unknown fields: amuont."),
    "no money": ({"amount": 0}, "amount must be a positive integer in paise."),
    "rupees": ({"amount": 14.49}, "amount must be a positive integer in paise."),
    "true": ({"amount": True}, "amount must be a positive integer in paise."),
    "an unknown method": ({"method": "cash"}, "method must be one of"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_option_is_refused_by_name(control, ledger, a_link, name):
    options, words = WRONG[name]

    answer = control(a_link(), "pay", **options)

    assert answer.status_code == 400
    assert answer.json()["error"].startswith(words)
    assert ledger()["payments"] == []


def test_a_row_that_does_not_exist_is_a_404(control):
    answer = control({"id": "plink_none"}, "pay")

    assert answer.status_code == 404
    assert answer.json() == {"error": "Link plink_none does not exist."}
