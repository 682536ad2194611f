"""A unit of work makes each of its collaborators once."""

from payment_svc.steps import Context


def test_collaborators_are_made_once_and_shared(app):
    with app.app_context():
        work = Context("staff 7")

        assert work.payments is work.payments
        assert work.payments.machine is work.reconciliation.machine is work.machine
        assert work.review.refunds is work.refunds
        assert work.machine.actor == work.refunds.machine.actor == "staff 7"
        assert work.razorpay is app.extensions["razorpay"]
