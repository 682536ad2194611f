"""The invariants of the shop; the table INVARIANTS is at the end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chassis import clock
from devtools.audit import (
    amounts,
    disputes,
    history,
    messages,
    money,
    prices,
    progress,
    references,
    sessions,
    stock,
    words,
)
from devtools.audit.books import Books, Found
from devtools.audit.reading import opened, read

ALWAYS, AT_REST = "always", "at rest"


@dataclass(frozen=True)
class Invariant:
    """A statement, when it must hold, and the function that finds violations.

    `AT_REST`: after a drain for all rows, otherwise only for rows that have not changed
    within the slack. Without the provider's ledger those that need it are skipped.
    """

    id: str
    when: str
    statement: str
    find: Callable[[Books], Found]
    needs_ledger: bool = False


@dataclass(frozen=True)
class Verdict:
    """The result of an invariant: the rows that violate it."""

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

    `drained`: nothing is in progress. `now` is the shop's time, which a test may have
    moved. `queue_was_lost`: messages may have been lost with their queue. An empty
    ledger counts as none.
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
    """Check every invariant on the rows that were read."""
    return [_judge(invariant, books) for invariant in INVARIANTS]


def _judge(invariant: Invariant, books: Books) -> Verdict:
    is_skipped = invariant.needs_ledger and not books.ledger
    rows = [] if is_skipped else list(invariant.find(books))
    return Verdict(invariant.id, invariant.statement, rows, is_skipped)


INVARIANTS = (
    Invariant(
        "I01",
        ALWAYS,
        "No product has a negative quantity, or more reserved than in stock",
        stock.impossible_quantities,
    ),
    Invariant(
        "I02",
        ALWAYS,
        "The reserved quantity of a product is the sum of its held reservations",
        stock.reserved_without_reservation,
    ),
    Invariant(
        "I03",
        ALWAYS,
        "Stock is the sum of its movements, which record each sale and return once",
        stock.stock_without_movement,
    ),
    Invariant(
        "I04",
        AT_REST,
        "A confirmed order has taken its stock; returned goods are in stock again",
        stock.sold_without_stock,
    ),
    Invariant(
        "I05",
        AT_REST,
        "No stock is taken without a sale, or held without an order or after expiry",
        stock.stock_without_sale,
    ),
    Invariant(
        "I06",
        AT_REST,
        "The provider keeps the price of confirmed orders, and no other money",
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
        "An order has at most one open payment link, a finished order has none",
        money.links_too_many,
        needs_ledger=True,
    ),
    Invariant(
        "I09",
        ALWAYS,
        "Refunds do not exceed captures, each is made once, the sums are right",
        amounts.refunds_too_large,
    ),
    Invariant(
        "I10",
        ALWAYS,
        "Order, payment, link, capture and refund agree on amount and currency",
        amounts.amounts_that_differ,
    ),
    Invariant(
        "I11",
        AT_REST,
        "Nothing is unfinished for longer than the slack, unless it needs a person",
        progress.stuck,
    ),
    Invariant(
        "I12",
        AT_REST,
        "Every event was sent and received, and none was received that was not sent",
        messages.lost_or_invented,
    ),
    Invariant(
        "I13",
        ALWAYS,
        "Every state and status was reached by legal, recorded transitions",
        history.illegal_histories,
    ),
    Invariant(
        "I14",
        AT_REST,
        "An idempotency key created one order of its caller, or can be resumed",
        references.wrong_keys,
    ),
    Invariant(
        "I15",
        AT_REST,
        "Every user, product, order or payment that a service names exists",
        references.orphans,
    ),
    Invariant(
        "I16",
        ALWAYS,
        "A session has one unused token, none when closed; none survives a reset",
        sessions.sessions_too_open,
    ),
    Invariant(
        "I17",
        AT_REST,
        "Every dispute is known, and no refund is sent while one is open",
        disputes.disputes_ignored,
    ),
    Invariant(
        "I18",
        ALWAYS,
        "The search has the words of every product, and no others",
        words.wrong_words,
    ),
    Invariant(
        "I19",
        ALWAYS,
        "The history of prices has no gaps and ends with each product's price",
        prices.wrong_prices,
    ),
)
