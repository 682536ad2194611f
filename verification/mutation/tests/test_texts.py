"""Mutants of texts for people and of log lines are recognised; all others are run."""

import pytest

from verification.mutation.texts import only_texts_differ

CODE = """
    def check(self, amount):
        if amount > self.left:
            raise Conflict(f"{left} is left.", code="refund_too_large")
        log.info("refund_checked", amount=amount)
        log.error("refund_lost", alert=True)
        logging.get().info("refund", amount=amount)
        return sum(("a text", amount))
"""


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (" is left.", "XX is left.XX"),
        ('"a text"', '"A TEXT"'),
        ('"refund_checked"', '"REFUND_CHECKED"'),
        (", amount=amount", ""),
        ('info("refund"', 'info("REFUND"'),
        ("def check", "def check__mutmut_1"),
    ],
)
def test_wording_and_log_lines_are_texts(was, becomes):
    assert only_texts_differ(CODE, CODE.replace(was, becomes))


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("amount > ", "amount >= "),
        ('"refund_too_large"', '"XXrefund_too_largeXX"'),
        ("self.left", "None"),
        ("alert=True", "alert=False"),
        (", alert=True", ""),
        ('"a text", amount', "amount"),
    ],
)
def test_rules_and_codes_are_no_texts(was, becomes):
    assert not only_texts_differ(CODE, CODE.replace(was, becomes))
