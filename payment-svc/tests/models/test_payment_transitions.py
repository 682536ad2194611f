"""The payments' table, cell by cell, as the saga's page has it."""

from payment_svc.models import PAYMENT_TRANSITIONS

PAYMENTS = """
trigger             none              created           issued            closing           closed            captured          under_review
requested           created           created           issued>link_ready closing           closed>closed     captured>captured under_review>under_review
close_requested     closed>closed     closing           closing           closing           closed>closed     captured>captured under_review>under_review
link_created        .                 issued>link_ready issued            closing           closed            captured          under_review
link_failed         .                 closed>closed     issued            closing           closed            captured          under_review
link_ended          .                 closed>closed     closed>closed     closed>closed     closed            captured          under_review
capture_seen        captured>captured captured>captured captured>captured captured>captured captured>captured captured          under_review
mismatch_seen       under_review>under_review under_review>under_review under_review>under_review under_review>under_review under_review>under_review captured under_review
second_capture_seen .                 .                 .                 .                 .                 captured          under_review
review_accepted     .                 !                 !                 !                 !                 !                 captured>captured
review_rejected     .                 !                 !                 !                 !                 !                 closed>closed
settled             .                 .                 .                 .                 .                 captured          .
ack_timeout         .                 .                 .                 .                 .                 captured>captured .
refunds_unexplained .                 created           issued            closing           closed            captured          under_review
"""  # noqa: E501


def test_the_payments_table_is_that_of_the_saga(read, written):
    assert written(PAYMENT_TRANSITIONS) == read(PAYMENTS)
