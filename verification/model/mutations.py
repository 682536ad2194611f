"""Every mutation: the rule it leaves out, the model, and the violation found."""

from dataclasses import dataclass

from verification.model.broken import Broken

CHECKOUT, SECOND, REFUNDS, RETURNS = "checkout", "second-payment", "refunds", "returns"
DISPUTES = "disputes"
FAILS, DIRECT = "second-fails", "direct-refunds"
ELSEWHERE, FAILS_ELSEWHERE = "refunds-elsewhere", "fails-elsewhere"
LIMIT = "refund-limit"
BANK, QUARANTINE = "bank", "quarantine"


@dataclass(frozen=True)
class Mutation:
    """A rule left out, and the violation that the model checker must find.

    `finds` is a part of the violation's text. Without `finds` there is no violation,
    because the rule `saved_by` protects the same invariant.
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
        "a commit checks that the stock is still available",
        "oversold",
    ),
    Mutation(
        B.RELEASE_NOT_STORED,
        CHECKOUT,
        "a compensation at product-svc is a stored command",
        "stock leaked",
    ),
    # Captures and links
    Mutation(
        B.NO_CLOSE_TOMBSTONE,
        CHECKOUT,
        "a close of an unknown payment leaves a tombstone",
        "a live link on a finished order",
    ),
    Mutation(
        B.IGNORE_LATE_CAPTURE,
        CHECKOUT,
        "the order accepts a capture in every state",
        "money taken, but the order is expired",
    ),
    Mutation(
        B.CLOSED_IS_FINAL,
        CHECKOUT,
        "the payment accepts a capture in every state",
        "money taken, but",
    ),
    Mutation(
        B.NO_REFERENCE_ID,
        CHECKOUT,
        "a link's reference is stored before the link is created",
        "two payment links",
    ),
    Mutation(
        B.CLOSED_NOT_RECONCILED,
        CHECKOUT,
        "a closed payment is still reconciled with Razorpay",
        "a live link on a finished order",
    ),
    Mutation(
        B.REJECTED_CAPTURE_COUNTS,
        CHECKOUT,
        "a capture that was refunded after review never counts as paid",
        "goods for a refunded capture",
    ),
    Mutation(
        B.LATE_CLOSE_WINS,
        CHECKOUT,
        "a late close changes nothing",
        saved_by="captures are republished until they are settled",
    ),
    Mutation(
        B.RELEASE_BEFORE_CLOSE,
        CHECKOUT,
        "the link is closed before the stock is released",
        saved_by="a commit reserves the stock again, or the customer is refunded",
    ),
    # A payment under review
    Mutation(
        B.REVIEW_NOT_PUBLISHED,
        CHECKOUT,
        "payment-svc publishes that a payment is under review",
        "payment is under review",
    ),
    Mutation(
        B.REVIEW_NOT_ANSWERED,
        CHECKOUT,
        "a request about a payment under review is answered",
        "payment is under review",
        loss=True,
    ),
    Mutation(
        B.REVIEW_NOT_ASKED_AGAIN,
        CHECKOUT,
        "order-svc asks for the result of a review until it is known",
        "stuck order: under_review",
        loss=True,
    ),
    Mutation(
        B.REVIEW_REJECTION_IGNORED,
        CHECKOUT,
        "a rejected payment ends the order under review",
        "stuck order: under_review",
    ),
    Mutation(
        B.HOLD_NEVER_ENDS,
        CHECKOUT,
        "the hold on the stock of an order under review ends",
        "the stock is held without limit",
    ),
    Mutation(
        B.PROLONG_TAKES_AGAIN,
        CHECKOUT,
        "a reservation that has ended is never prolonged",
        "livelock",
    ),
    # Lost messages
    Mutation(
        B.INBOX_ROW_BEFORE_EFFECT,
        CHECKOUT,
        "a message's inbox row and its effect are one transaction",
        "a lost message ends the order",
    ),
    Mutation(
        B.NO_RETRIES,
        CHECKOUT,
        "an unanswered request is sent again",
        "a lost message ends the order",
        loss=True,
    ),
    Mutation(
        B.LINK_NOT_REQUESTED_AGAIN,
        CHECKOUT,
        "a link that does not arrive is requested again",
        "a lost message ends the order",
        loss=True,
    ),
    Mutation(
        B.LINK_REQUEST_NOT_ANSWERED,
        CHECKOUT,
        "a request for a link is answered with the payment's state",
        "a lost message ends the order",
        loss=True,
    ),
    Mutation(
        B.CLOSE_NOT_REQUESTED_AGAIN,
        CHECKOUT,
        "a close is requested again",
        "stuck order: expiring",
        loss=True,
    ),
    Mutation(
        B.CLOSE_NOT_ANSWERED,
        CHECKOUT,
        "a request to close is answered with the payment's state",
        "stuck order",
        loss=True,
    ),
    Mutation(
        B.REFUND_NOT_ANSWERED,
        BANK,
        "a request for a refund is answered with the refund's state",
        "a refund is stuck",
        loss=True,
    ),
    Mutation(
        B.REFUND_NOT_ANSWERED,
        REFUNDS,
        "a request for a refund is answered with the refund's state",
        "a refund is stuck",
        loss=True,
    ),
    Mutation(
        B.CAPTURE_NOT_REPUBLISHED,
        CHECKOUT,
        "captures are republished until they are settled",
        "money taken, but",
        loss=True,
    ),
    Mutation(
        B.CAPTURE_NOT_REPUBLISHED,
        SECOND,
        "captures are republished until they are settled, also an EXTRA capture",
        "never settled",
    ),
    *(
        Mutation(
            B.NO_SETTLED, model, "order-svc publishes the outcome of a capture", what
        )
        for model, what in (
            (CHECKOUT, "never settled"),
            (SECOND, "never settled"),
        )
    ),
    *(
        Mutation(
            B.SETTLED_ONCE,
            model,
            "the outcome is published again at every repeated capture",
            "never settled",
            loss=True,
        )
        for model in (CHECKOUT, SECOND, REFUNDS)
    ),
    Mutation(
        B.SETTLED_ONLY_AGAIN,
        CHECKOUT,
        "the outcome is published immediately",
        saved_by="the outcome is published again at every repeated capture",
    ),
    # A second payment
    Mutation(
        B.EXTRA_SAME_ROW,
        SECOND,
        "a second capture has a row of its own",
        "capture b never settled",
    ),
    Mutation(
        B.EXTRA_IGNORED,
        SECOND,
        "a confirmed order refunds another payment",
        "EXTRA capture b is kept",
    ),
    Mutation(
        B.EXTRA_IGNORED_IN_REFUND_PENDING,
        SECOND,
        "an order in refund_pending refunds another payment",
        "EXTRA capture b is kept",
    ),
    Mutation(
        B.EXTRA_IGNORED_IN_REFUNDED,
        SECOND,
        "a refunded order refunds another payment",
        "EXTRA capture b is kept",
    ),
    Mutation(
        B.SETTLED_BEFORE_COMMIT,
        SECOND,
        "a paid order publishes no outcome before its stock is committed",
        "EXTRA capture",
    ),
    Mutation(
        B.EXTRA_REFUND_ENDS_ORDER,
        SECOND,
        "only refunds of the order's own payment make it refunded",
        "the order is refunded, but only 0 of 2",
    ),
    Mutation(
        B.DIRECT_ONLY_WHEN_KEPT,
        FAILS,
        "payment-svc may refund an EXTRA capture after a failed refund",
        "EXTRA capture b is kept",
    ),
    Mutation(
        B.PLACED_STAYS,
        SECOND,
        "a capture ends an order whose stock is not reserved yet",
        "capture a never settled",
    ),
    # Refunds
    Mutation(
        B.REFUND_NEW_KEY,
        BANK,
        "all attempts of a refund send one idempotency key",
        "refunded twice",
    ),
    *(
        Mutation(
            B.REFUNDED_FROM_ANY_STATE,
            model,
            "an order becomes refunded only from confirmed and refund_pending",
            saved_by="a complete refund is published only after the outcome is decided",
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
        B.ANY_REFUND_ENDS_ORDER,
        REFUNDS,
        "an order is refunded only when all of its money is returned",
        "the order is refunded, but only 1 of 2",
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
        "a refused refund is answered",
        "a refund is stuck",
    ),
    Mutation(
        B.REFUSED_REFUND_NOT_FINAL,
        DIRECT,
        "a refused refund stays refused",
        "that happened as failed",
    ),
    Mutation(
        B.SUM_OF_PROCESSED,
        DIRECT,
        "refunds in progress count, at the request and before the call",
        "above its capture",
    ),
    Mutation(
        B.SUM_COUNTS_FAILED,
        REFUNDS,
        "failed refunds do not count against the capture",
        "livelock",
    ),
    Mutation(
        B.RETRY_SAME_NUMBER,
        REFUNDS,
        "a new attempt by staff is a separate refund",
        "stuck order: refund_pending",
    ),
    Mutation(
        B.REST_IGNORES_REQUESTED,
        REFUNDS,
        "a requested refund reduces the amount that is left",
        "an automatic refund is refused",
    ),
    Mutation(
        B.FAILED_UNCONFIRMED,
        REFUNDS,
        "a refund has failed only when Razorpay confirms it",
        "above its capture",
    ),
    Mutation(
        B.STAFF_REFUND_CHANGES_OUTCOME,
        REFUNDS,
        "a staff refund does not change the outcome",
        "settled both ways",
    ),
    *(
        Mutation(
            B.REFUND_NOT_REQUESTED_AGAIN,
            model,
            "a refund is requested until it is answered",
            "a refund is stuck",
            loss=True,
        )
        for model in (SECOND, REFUNDS)
    ),
    Mutation(
        B.REFUND_REQUESTED_AGAIN_ONLY_PENDING,
        REFUNDS,
        "a refund is requested again in every state of the order",
        "a refund is stuck: the order is confirmed",
        loss=True,
    ),
    Mutation(
        B.DIRECT_NOT_REPUBLISHED,
        DIRECT,
        "a direct refund is republished",
        "does not know of a refund",
        loss=True,
    ),
    Mutation(
        B.DIRECT_NOT_ACKNOWLEDGED,
        DIRECT,
        "a direct refund is republished until order-svc acknowledges it",
        "republished forever",
        loss=True,
    ),
    Mutation(
        B.DIRECT_ACK_BY_ANY_SETTLED,
        DIRECT,
        "an outcome names the direct refund that it answers",
        "does not know of a refund",
        loss=True,
    ),
    # The limit of refunds by staff
    Mutation(
        B.LIMIT_AT_ORDER_SVC_ALONE,
        LIMIT,
        "payment-svc applies the limit to refunds that order-svc has accepted",
        "staff refund more than the limit",
    ),
    Mutation(
        B.LIMIT_OF_EACH_PAYMENT,
        LIMIT,
        "the payments of an order have one limit",
        "staff refund more than the limit",
    ),
    Mutation(
        B.LIMIT_COUNTS_PROCESSED,
        LIMIT,
        "refunds in progress count against the limit",
        "staff refund more than the limit",
    ),
    # Refunds made at Razorpay
    Mutation(
        B.ELSEWHERE_NOT_FOUND,
        ELSEWHERE,
        "a refund made at Razorpay is found when Razorpay is polled",
        "does not know of a refund",
    ),
    Mutation(
        B.ELSEWHERE_NOT_SUBTRACTED,
        ELSEWHERE,
        "a refund made at Razorpay reduces the amount that is left",
        "a refund is stuck",
    ),
    Mutation(
        B.REST_NOT_REDUCED,
        ELSEWHERE,
        "a refund of the rest is reduced to what Razorpay has left",
        "an automatic refund is refused",
    ),
    Mutation(
        B.ELSEWHERE_PUBLISHED_ONCE,
        ELSEWHERE,
        "a refund made at Razorpay is republished until it is acknowledged",
        "republished forever",
        loss=True,
    ),
    Mutation(
        B.ELSEWHERE_COUNTS_PENDING,
        FAILS_ELSEWHERE,
        "a refund made at Razorpay is refunded once the bank has processed it",
        "a refund that did not happen",
    ),
    Mutation(
        B.REFUND_DURING_DISPUTE,
        DISPUTES,
        "a refund waits while its payment is disputed",
        "a refund is sent during a dispute",
    ),
    # Returned goods
    Mutation(
        B.RESTOCK_NOT_STORED,
        RETURNS,
        "a restock is a stored command",
        "restocks at product-svc differ",
    ),
    Mutation(
        B.RETURN_ID_NOT_UNIQUE,
        RETURNS,
        "each return is restocked once",
        "restocks at product-svc differ",
    ),
    Mutation(
        B.RESTOCK_UNCHECKED,
        RETURNS,
        "no more is restocked than was sold",
        "more restocked than was sold",
    ),
    Mutation(
        B.RESTOCK_NOT_REFUSED,
        RETURNS,
        "a restock of an order that never committed is refused for good",
        "retried forever",
    ),
    # Messages that wait for triage
    Mutation(
        B.REFUSED_LEAVES_INBOX_ROW,
        QUARANTINE,
        "a refused message leaves no inbox row",
        "message lost",
    ),
    Mutation(
        B.COPY_LEAVES_INBOX_ROW,
        QUARANTINE,
        "a copy of a quarantined message leaves no inbox row",
        "message lost",
    ),
    Mutation(
        B.PARKED_FOR_EACH_COPY,
        QUARANTINE,
        "a repeated message is quarantined once",
        "parked twice",
    ),
    Mutation(
        B.REFUSED_NOT_PARKED,
        QUARANTINE,
        "a refused message is stored for triage",
        "no message waits for triage",
    ),
    Mutation(
        B.FAILED_RETRY_IS_DONE,
        QUARANTINE,
        "a retried message that is refused again keeps waiting",
        "message lost",
    ),
    Mutation(
        B.RECORD_NOT_UNIQUE,
        QUARANTINE,
        "a refund is recorded once, however often its answer is retried",
        "done twice",
    ),
    Mutation(
        B.RETRY_WITHOUT_INBOX_ROW,
        QUARANTINE,
        "a message that a person retries leaves an inbox row",
        saved_by="every effect is idempotent even without the message's id",
    ),
    Mutation(
        B.REDRIVE_DELETES_FIRST,
        QUARANTINE,
        "a dead letter is deleted after it was sent again",
        saved_by="an unanswered message is sent again",
    ),
)
