"""A run that is started by hand is followed to its end."""

from datetime import timedelta

from chassis import clock
from payment_svc.steps import manual_runs


def test_a_run_is_followed_to_its_end_and_continued_by_the_same_start(shop):
    order = shop.captured()
    now = clock.now()
    since = now - timedelta(hours=1)
    with shop.app.app_context():
        run_id = manual_runs.start_run(since, now)
        first = next(manual_runs.follow(run_id))
        assert (first.state, first.pages) == ("running", 1)

        assert manual_runs.start_run(since, clock.now()) == run_id
        *_, last = manual_runs.follow(run_id)

    assert (last.state, last.payments, last.drift) == ("finished", 1, 0)
    assert shop.payment(order).state == "captured"
