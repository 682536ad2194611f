"""What must hold, each in a sentence; INVARIANTS at the foot."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chassis import clock
from devtools.audit import (
    amounts,
    history,
    messages,
    money,
    progress,
    references,
    sessions,
    stock,
)
from devtools.audit.books import Books, Found
from devtools.audit.reading import opened, read

ALWAYS, AT_REST = "always", "at rest"


@dataclass(frozen=True)
class Invariant:
    """A sentence that must hold, when it must, and the function that finds where not.

    `AT_REST`: after a drain for everything, else only for what nothing has changed for
    the slack. Without the provider's ledger, one that needs it is skipped.
    """

    id: str
    when: str
    statement: str
    find: Callable[[Books], Found]
    needs_ledger: bool = False


@dataclass(frozen=True)
class Verdict:
    """What became of an invariant: the rows that violate it, none when it holds."""

    id: str
    statement: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    is_skipped: bool = False


def check(
    urls: Mapping[str, str],
    ledger: Mapping[str, Any],
    *,
    drained: bool,
    slack_seconds: float,
    now: datetime | None = None,
    queue_was_lost: bool = False,
) -> list[Verdict]:
    """Check every invariant on `{service: database address}` and the sandbox's ledger.

    `drained`: nothing is under way any more. `now` is the shop's time, which a test
    may have moved. `queue_was_lost`: messages may have died with their queue. An empty
    ledger is none.
    """
    with opened(urls) as connections:
        rows = read(connections)
    return judge(
        Books(
            **rows,
            ledger=ledger,
            now=now or clock.now(),
            slack=timedelta(seconds=slack_seconds),
            drained=drained,
            queue_was_lost=queue_was_lost,
        )
    )


def judge(books: Books) -> list[Verdict]:
    """Judge every invariant on what was read."""
    return [_judge(invariant, books) for invariant in INVARIANTS]


def _judge(invariant: Invariant, books: Books) -> Verdict:
    is_skipped = invariant.needs_ledger and not books.ledger
    rows = [] if is_skipped else list(invariant.find(books))
    return Verdict(invariant.id, invariant.statement, rows, is_skipped)


INVARIANTS = (
    Invariant(
        "I01",
        ALWAYS,
        "No product has less than nothing, or more reserved than it has",
        stock.impossible_quantities,
    ),
    Invariant(
        "I02",
        ALWAYS,
        "What is reserved of a product is the sum of the reservations that hold it",
        stock.reserved_without_reservation,
    ),
    Invariant(
        "I03",
        ALWAYS,
        "Stock is the sum of its ledger, which books each sale and return once",
        stock.stock_without_movement,
    ),
    Invariant(
        "I04",
        AT_REST,
        "A confirmed order has taken what it sold; what came back is on the shelf",
        stock.sold_without_stock,
    ),
    Invariant(
        "I05",
        AT_REST,
        "No stock is taken without a sale, or held for no order or past its time",
        stock.stock_without_sale,
    ),
    Invariant(
        "I06",
        AT_REST,
        "The provider keeps what confirmed orders cost, and nothing of any other",
        money.money_without_order,
        needs_ledger=True,
    ),
    Invariant(
        "I07",
        AT_REST,
        "The provider and payment-svc know the same captures and refunds",
        money.money_unknown,
        needs_ledger=True,
    ),
    Invariant(
        "I08",
        AT_REST,
        "An order has at most one link that takes money, a finished one none",
        money.links_too_many,
        needs_ledger=True,
    ),
    Invariant(
        "I09",
        ALWAYS,
        "No more goes back than came, each refund is made once, the sums are right",
        amounts.refunds_too_large,
    ),
    Invariant(
        "I10",
        ALWAYS,
        "Order, payment, link, capture and refund name one amount and currency",
        amounts.amounts_that_differ,
    ),
    Invariant(
        "I11",
        AT_REST,
        "Nothing is unfinished for longer than the slack, unless a person must decide",
        progress.stuck,
    ),
    Invariant(
        "I12",
        AT_REST,
        "Every event has left and arrived, and none arrived that was not sent",
        messages.lost_or_invented,
    ),
    Invariant(
        "I13",
        ALWAYS,
        "Every state and status was reached by legal moves, all of them written down",
        history.illegal_histories,
    ),
    Invariant(
        "I14",
        AT_REST,
        "A key has made one order, its caller's own, and can be resumed until it has",
        references.keys_that_lie,
    ),
    Invariant(
        "I15",
        AT_REST,
        "No service names a user, product, order or payment that another lacks",
        references.orphans,
    ),
    Invariant(
        "I16",
        ALWAYS,
        "A session has one unspent token, none when closed; none outlives a reset",
        sessions.sessions_too_open,
    ),
)
