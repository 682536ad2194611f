"""The refunds' table, cell by cell, as the saga's page has it."""

from payment_svc.models import REFUND_TRANSITIONS

REFUNDS = """
trigger         none                requested     sent                pending             processed           failed
requested       requested           requested     sent                pending             processed>processed failed>failed
too_large       failed>failed       failed>failed .                   .                   .                   .
sent            .                   sent          sent                .                   .                   .
no_answer       .                   .             sent                pending             processed           failed
seen_pending    .                   .             pending             pending             processed           failed
seen_processed  .                   .             processed>processed processed>processed processed           failed
seen_failed     .                   .             failed>failed       failed>failed       processed           failed
refused         .                   .             failed>failed       .                   processed           failed
reduced         .                   requested     sent                .                   .                   .
found_pending   pending             .             .                   .                   .                   .
found_processed processed>processed .             .                   .                   .                   .
ack_timeout     .                   .             .                   .                   processed>processed .
acknowledged    .                   .             .                   .                   processed           .
dispute_open    .                   requested     sent                .                   .                   .
dispute_overridden .                requested     sent                !                   !                   !
"""  # noqa: E501


def test_the_refunds_table_is_that_of_the_saga(read, written):
    assert written(REFUND_TRANSITIONS) == read(REFUNDS)
