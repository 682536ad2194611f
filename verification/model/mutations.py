"""Every mutation: the rule it leaves out, where that shows, and how."""

from dataclasses import dataclass

from verification.model.broken import Broken

CHECKOUT, SECOND, REFUNDS, RETURNS = "checkout", "second-payment", "refunds", "returns"
FAILS, DIRECT = "second-fails", "direct-refunds"
BANK, QUARANTINE = "bank", "quarantine"


@dataclass(frozen=True)
class Mutation:
    """A rule left out, and the violation that a model must find then.

    `finds` is a part of the violation's text; empty: no violation, since `saved_by`
    another rule.
    """

    broken: Broken
    model: str
    rule: str
    finds: str = ""
    loss: bool = False
    saved_by: str = ""


B = Broken
MUTATIONS = (
    # Stock
    Mutation(
        B.NO_TOMBSTONE,
        CHECKOUT,
        "a release of an unknown reservation leaves a tombstone",
        "stock leaked",
    ),
    Mutation(
        B.REFUSED_RESERVE_NOT_FINAL,
        CHECKOUT,
        "a refused reserve is final",
        "stock leaked",
    ),
    Mutation(
        B.NO_FINAL_TOMBSTONE,
        CHECKOUT,
        "a refused commit and a final release are final",
        "money taken, but the order is refunded, its stock committed",
    ),
    Mutation(
        B.COMMIT_NO_RECHECK,
        CHECKOUT,
        "a commit looks whether the stock is still there",
        "oversold",
    ),
    Mutation(
        B.RELEASE_NOT_OWED,
        CHECKOUT,
        "what is owed to product-svc is a row",
        "stock leaked",
    ),
    # Captures and links
    Mutation(
        B.NO_CANCEL_TOMBSTONE,
        CHECKOUT,
        "a close of an unknown payment leaves a tombstone",
        "a live link on a finished order",
    ),
    Mutation(
        B.IGNORE_LATE_CAPTURE,
        CHECKOUT,
        "a capture is true news in every state of the order",
        "money taken, but the order is expired",
    ),
    Mutation(
        B.FORWARD_ONLY_CLOSED,
        CHECKOUT,
        "a capture is true news in every state of the payment",
        "money taken, but",
    ),
    Mutation(
        B.NO_REFERENCE_ID,
        CHECKOUT,
        "a link's reference is stored before it is made",
        "two payment links",
    ),
    Mutation(
        B.NO_ORPHAN_LOOKUP,
        CHECKOUT,
        "a closed payment is looked up again",
        "a live link on a finished order",
    ),
    Mutation(
        B.RESOLVED_EVIDENCE_COUNTS,
        CHECKOUT,
        "a suspect capture that was sent back is never evidence again",
        "goods for a refunded capture",
    ),
    Mutation(
        B.LAST_WRITER_WINS,
        CHECKOUT,
        "a late close changes nothing",
        saved_by="captures are announced until they are settled",
    ),
    Mutation(
        B.RELEASE_BEFORE_CLOSE,
        CHECKOUT,
        "the link is closed before the stock is released",
        saved_by="a commit takes the stock again; it costs refunds of paying customers",
    ),
    # Messages that get lost
    Mutation(
        B.MARK_BEFORE_EFFECT,
        CHECKOUT,
        "a message's mark and its effect are one transaction",
        "order dies of a lost message",
    ),
    Mutation(
        B.LOSS_NO_RECONCILER,
        CHECKOUT,
        "what is not answered is asked for again",
        "order dies of a lost message",
        loss=True,
    ),
    Mutation(
        B.NO_LINK_REREQUEST,
        CHECKOUT,
        "a link that does not come is asked for again",
        "order dies of a lost message",
        loss=True,
    ),
    Mutation(
        B.LINK_REQUEST_NOT_ANSWERED,
        CHECKOUT,
        "a request for a link is answered with how the payment stands",
        "order dies of a lost message",
        loss=True,
    ),
    Mutation(
        B.NO_CLOSE_REEMIT,
        CHECKOUT,
        "a close is asked for again",
        "stuck order: expiring",
        loss=True,
    ),
    Mutation(
        B.CLOSE_NOT_ANSWERED,
        CHECKOUT,
        "a request to close is answered with how the payment stands",
        "stuck order",
        loss=True,
    ),
    Mutation(
        B.REFUND_NOT_ANSWERED,
        BANK,
        "a request for a refund is answered with how the refund stands",
        "a refund hangs",
        loss=True,
    ),
    Mutation(
        B.REFUND_NOT_ANSWERED,
        REFUNDS,
        "a request for a refund is answered with how the refund stands",
        "a refund hangs",
        loss=True,
    ),
    Mutation(
        B.NO_REANNOUNCE,
        CHECKOUT,
        "captures are announced until they are settled",
        "money taken, but",
        loss=True,
    ),
    Mutation(
        B.NO_REANNOUNCE,
        SECOND,
        "captures are announced until they are settled: an EXTRA meets a paid order",
        "never settled",
    ),
    *(
        Mutation(B.NO_SETTLED, model, "order-svc says what became of a capture", what)
        for model, what in (
            (CHECKOUT, "never settled"),
            (SECOND, "never settled"),
        )
    ),
    *(
        Mutation(
            B.SETTLED_ONCE,
            model,
            "the outcome is said again at every repeated capture",
            "never settled",
            loss=True,
        )
        for model in (CHECKOUT, SECOND, REFUNDS)
    ),
    Mutation(
        B.SETTLED_ONLY_WHEN_ASKED,
        CHECKOUT,
        "the outcome is said at once",
        saved_by="it is said again at every repeated capture",
    ),
    # A second payment
    Mutation(
        B.EXTRA_SAME_ROW,
        SECOND,
        "a second capture is a row of its own",
        "capture b never settled",
    ),
    Mutation(
        B.EXTRA_IGNORED,
        SECOND,
        "a confirmed order returns another payment",
        "EXTRA capture b is kept",
    ),
    Mutation(
        B.EXTRA_IGNORED_IN_REFUND_PENDING,
        SECOND,
        "an order whose money goes back returns another payment",
        "EXTRA capture b is kept",
    ),
    Mutation(
        B.EXTRA_IGNORED_IN_REFUNDED,
        SECOND,
        "a refunded order returns another payment",
        "EXTRA capture b is kept",
    ),
    Mutation(
        B.PAID_SETTLES,
        SECOND,
        "a paid order has decided nothing, and says so of nothing",
        "EXTRA capture",
    ),
    Mutation(
        B.EXTRA_REFUND_ENDS_ORDER,
        SECOND,
        "only refunds of the order's own payment end it",
        "refunded, but 0 of 2 went back",
    ),
    Mutation(
        B.DIRECT_ONLY_WHEN_KEPT,
        FAILS,
        "after a refund that failed payment-svc may refund an EXTRA",
        "EXTRA capture b is kept",
    ),
    Mutation(
        B.PLACED_STAYS,
        SECOND,
        "a capture ends an order that has no stock yet",
        "capture a never settled",
    ),
    # Refunds
    Mutation(
        B.REFUND_NEW_KEY, BANK, "all tries of a refund have one key", "refunded twice"
    ),
    *(
        Mutation(
            B.REFUNDED_FROM_ANY_STATE,
            model,
            "an order becomes refunded only from confirmed and refund_pending",
            saved_by="a refund that is whole is told of after its capture is decided",
        )
        for model in (SECOND, DIRECT)
    ),
    Mutation(
        B.DIRECT_BEFORE_SETTLED,
        DIRECT,
        "a direct refund waits until the capture is settled as kept",
        "an automatic refund is refused",
    ),
    Mutation(
        B.ANY_REFUND_ENDS,
        REFUNDS,
        "an order is refunded when all of its money is back",
        "refunded, but 1 of 2 went back",
    ),
    Mutation(
        B.RECORD_NOT_UNIQUE,
        REFUNDS,
        "a refund is recorded once",
        "records a refund that did not happen",
    ),
    Mutation(
        B.REFUSED_SILENTLY,
        DIRECT,
        "a refund that is refused is answered",
        "a refund hangs",
    ),
    Mutation(
        B.REFUSED_REFUND_NOT_FINAL,
        DIRECT,
        "a refund that is refused is refused for good",
        "holds for not returned",
    ),
    Mutation(
        B.SUM_OF_PROCESSED,
        DIRECT,
        "refunds under way count",
        "above its capture",
    ),
    Mutation(
        B.SUM_COUNTS_FAILED,
        REFUNDS,
        "refunds that failed do not count",
        "livelock",
    ),
    Mutation(
        B.RETRY_SAME_N,
        REFUNDS,
        "a new try by staff is a refund of its own",
        "stuck order: refund_pending",
    ),
    Mutation(
        B.REST_OF_ANSWERED,
        REFUNDS,
        "what is asked for is not left to return",
        "an automatic refund is refused",
    ),
    Mutation(
        B.FAILED_UNCONFIRMED,
        REFUNDS,
        "a refund has failed when Razorpay, asked, says so",
        "above its capture",
    ),
    Mutation(
        B.STAFF_SETTLES,
        REFUNDS,
        "a refund by staff changes no outcome",
        "settled both ways",
    ),
    *(
        Mutation(
            B.NO_REFUND_REEMIT,
            model,
            "a refund is asked for until it is answered",
            "a refund hangs",
            loss=True,
        )
        for model in (SECOND, REFUNDS)
    ),
    Mutation(
        B.REFUND_REEMIT_ONLY_PENDING,
        REFUNDS,
        "a refund is asked for again in any state of the order",
        "a refund hangs: the order is confirmed",
        loss=True,
    ),
    Mutation(
        B.DIRECT_NOT_REPEATED,
        DIRECT,
        "a direct refund is told of again",
        "does not know of money that went back",
        loss=True,
    ),
    Mutation(
        B.DIRECT_NOT_ACKNOWLEDGED,
        DIRECT,
        "a direct refund is told of until order-svc names it",
        "told of for ever",
        loss=True,
    ),
    Mutation(
        B.DIRECT_ACK_BY_ANY_SETTLED,
        DIRECT,
        "an outcome names the direct refund that it answers",
        "does not know of money that went back",
        loss=True,
    ),
    # Returned goods
    Mutation(
        B.RESTOCK_NOT_OWED,
        RETURNS,
        "goods that come back are a row that is owed",
        "restocks at product-svc differ",
    ),
    Mutation(
        B.RETURN_ID_NOT_UNIQUE,
        RETURNS,
        "goods come back once for each return",
        "restocks at product-svc differ",
    ),
    Mutation(
        B.RESTOCK_UNCHECKED,
        RETURNS,
        "no more comes back than was sold",
        "more restocked than was sold",
    ),
    Mutation(
        B.RESTOCK_UNDEFINED,
        RETURNS,
        "a restock of what was never sold is refused for good",
        "tried for ever",
    ),
    # Messages that wait for a person
    Mutation(
        B.QUARANTINE_LEAVES_MARK,
        QUARANTINE,
        "a message that is refused leaves no mark in the inbox",
        "lost sight of",
    ),
    Mutation(
        B.COPY_LEAVES_MARK,
        QUARANTINE,
        "a copy of a parked message leaves no mark in the inbox",
        "lost sight of",
    ),
    Mutation(
        B.PARKED_FOR_EACH_COPY,
        QUARANTINE,
        "what is repeated is parked once",
        "a person is asked twice",
    ),
    Mutation(
        B.QUARANTINE_WITHOUT_ROW,
        QUARANTINE,
        "a message that is refused is kept for a person",
        "nobody is asked",
    ),
    Mutation(
        B.FAILED_RETRY_IS_DONE,
        QUARANTINE,
        "a message that is refused again waits again",
        "lost sight of",
    ),
    Mutation(
        B.RECORD_NOT_UNIQUE,
        QUARANTINE,
        "a refund is recorded once, however often its answer is tried again",
        "done twice",
    ),
    Mutation(
        B.RETRY_WITHOUT_MARK,
        QUARANTINE,
        "a message that is tried again by a person leaves its mark",
        saved_by="every effect is known by more than the message's id",
    ),
    Mutation(
        B.REDRIVE_DELETES_FIRST,
        QUARANTINE,
        "a dead letter is deleted when it was sent again",
        saved_by="what is not answered is said again",
    ),
)
