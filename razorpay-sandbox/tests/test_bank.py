import pytest

from razorpay_sandbox.bank import fee_and_tax


@pytest.mark.parametrize(
    ("method", "amount", "expected"),
    [
        ("upi", 49900, (1178, 180)),
        ("upi", 1000, (24, 4)),
        ("upi", 50000, (1180, 180)),
        ("netbanking", 400000, (9440, 1440)),
        ("card", 9900, (198, 0)),
    ],
)
def test_fee_and_tax_are_computed_as_at_razorpay(method, amount, expected):
    assert fee_and_tax(method, amount) == expected
