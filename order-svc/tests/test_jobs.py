"""The clock's table of jobs, and what it prunes."""

from typing import Any

from chassis import worker


def test_debts_of_long_ago_are_forgotten_but_returns_are_kept(
    shop: Any, pass_seconds: Any
) -> None:
    pass_seconds(0)
    released, returned = shop.placed(), shop.confirmed()
    shop.hear("payment.closed", order_id=released, reason="expired")
    shop.refund(returned, items=[{"product_id": 1, "quantity": 1}])
    shop.work()

    pass_seconds(31 * 86400)
    shop.work()

    assert shop.owed(released) == []
    assert shop.owed(returned) == [("restock", "done")]


def test_what_is_still_owed_is_never_forgotten(
    shop: Any, products: Any, pass_seconds: Any
) -> None:
    pass_seconds(0)
    order = shop.placed()
    products.says["release"] = (503, {})
    shop.hear("payment.closed", order_id=order, reason="expired")
    shop.work()

    pass_seconds(31 * 86400)
    shop.work()

    assert shop.owed(order) == [("release", "owed")]


def test_a_worker_at_rest_changes_nothing(shop: Any) -> None:
    order = shop.placed()
    before = shop.row(order).updated_at

    shop.work()

    assert shop.row(order).updated_at == before


def test_a_job_that_fails_leaves_the_others_at_work(
    shop: Any, monkeypatch: Any
) -> None:
    order = shop.placed()
    shop.hear("payment.closed", order_id=order, reason="expired")

    def fail(_: int) -> bool:
        raise KeyError("broken")

    monkeypatch.setattr("order_svc.steps.check_order", fail)
    with shop.app.app_context():
        jobs = shop.app.extensions["work"].jobs
        done = [worker.once(name, job) for name, job in jobs.items()]

    assert sum(done) == 1
    assert shop.owed(order) == [("release", "done")]
