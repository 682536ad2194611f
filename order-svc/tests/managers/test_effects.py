"""The effects of the order's transitions."""

from typing import Any, cast

import pytest

from chassis.state_machine import Trigger
from order_svc.managers.effects import effects
from order_svc.models import Effect, Order, OrderTrigger


@pytest.mark.parametrize(
    ("reason", "status"),
    [("expired", "EXPIRED"), ("cancelled", "CANCELLED"), ("no link: 400", "FAILED")],
)
def test_a_closed_payment_gets_the_status_of_its_reason(
    shop: Any, reason: str, status: str
) -> None:
    order = shop.placed()

    shop.receive("payment.closed", order_id=order, reason=reason)

    assert shop.get(order)["payment"]["status"] == status


def test_every_effect_of_the_table_has_a_function() -> None:
    session: Any = None
    refunds: Any = None

    assert set(effects(session, refunds)) == set(Effect)


def test_an_alert_names_the_order_and_its_trigger(caplog: Any) -> None:
    trigger = Trigger(OrderTrigger.REFUND_FAILED, data={"refund_id": 9})
    with caplog.at_level("ERROR"):
        effects(cast("Any", None), cast("Any", None))[Effect.ALERT](
            Order(id=17), trigger
        )

    assert "order needs review" in caplog.text
    assert "refund.failed" in caplog.text
