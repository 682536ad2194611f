"""A payment that staff or an integrator requested before its order existed."""

import pytest

EARLY = {"order_id": 500, "name": "Asha", "email": "asha@shop.example"}
MAKE = "/payments/create_payment_link/"


@pytest.fixture
def early(shop, staff):
    """Return `early(**facts)`: a link that staff made before order 500 was placed."""

    def make(**facts):
        body = {**EARLY, "amount": "1.00", "user_id": 1, **facts}
        assert shop.call("POST", MAKE, staff, json=body).status_code == 201

    return make


@pytest.mark.parametrize("wrong", [{}, {"amount": "499.00", "user_id": 2}])
@pytest.mark.parametrize("is_issued", [True, False])
def test_the_order_gets_a_link_of_its_own_amount(shop, early, wrong, is_issued):
    early(**wrong)
    if is_issued:
        shop.work()

    shop.request(500)
    shop.work()

    links = {row["reference_id"]: row["status"] for row in shop.ledger("links")}
    ours, other = shop.payment(500), shop.payment(500, "EXTRA")
    assert (ours.state, ours.user_id, f"{ours.amount:.2f}") == ("issued", 1, "499.00")
    assert other.status == "CANCELLED"
    assert links[ours.receipt] == "created"
    assert links.get(other.receipt) == ("cancelled" if is_issued else None)
    assert shop.published(500)[-1]["short_url"] == ours.razorpay_short_url
    assert shop.kinds(500) == ["payment.link_ready"] * (1 + is_issued)
    shop.check_books()


def test_a_link_that_fits_the_order_is_kept(shop, early):
    early(amount="499.00", user_id=None)

    shop.request(500)
    shop.work()

    assert (shop.payment(500).state, shop.payment(500).user_id) == ("issued", 1)
    assert shop.ledger("links")[0]["status"] == "created"
    assert len(shop.ledger("links")) == 1


def test_what_the_order_itself_requested_is_not_replaced(shop, early):
    early(amount="499.00")
    shop.request(500)

    with pytest.raises(AssertionError, match="quarantined"):
        shop.request(500, amount="1.00")


def test_a_payment_that_was_paid_waits_for_a_person(shop, early):
    early()
    shop.work()
    shop.pay(500)
    shop.make_due()
    shop.work()

    with pytest.raises(AssertionError, match="quarantined"):
        shop.request(500)


def test_who_pays_a_replaced_link_is_refunded_by_an_admin(shop, early, tokens):
    early(amount="499.00", user_id=2)
    shop.work()
    link = shop.link(500)
    shop.request(500)
    shop.control(f"links/{link}/pay")  # before it is cancelled

    shop.work()

    other = shop.payment(500, "EXTRA")
    assert (other.state, other.status) == ("under_review", "PENDING")
    assert other.reason.endswith("had replaced with another.")
    assert "payment.captured" not in shop.kinds(500)
    address = f"/payments/{other.id}/resolve/"
    body = {"decision": "refund", "note": "not the order's customer"}
    assert shop.call("POST", address, tokens.admin(), json=body).status_code == 200
    shop.work()
    assert [one["amount"] for one in shop.ledger("refunds")] == [49900]
    assert shop.payment(500).state == "issued"
