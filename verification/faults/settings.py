"""The settings of a run's processes: addresses of the proxy, and short intervals.

The saga's intervals are shortened in proportion, so that a minute covers as much as an
hour; none is switched off. CLOCK_FILE moves the clock.
"""

from collections.abc import Mapping

HURRY = {
    "WORKER_POLL_SECONDS": "0.1",
    "SQS_WAIT_SECONDS": "1",
    "SQS_VISIBILITY_SECONDS": "5",
}
TIMES: dict[str, Mapping[str, str]] = {
    "user-svc": {
        "MAIL_RETRY_SECONDS": "2",
        # All clients of a run share one address, and a crowd guesses passwords.
        "SIGN_IN_ATTEMPTS": "1000000",
        "ADDRESS_ATTEMPTS": "1000000",
    },
    "product-svc": {"EXPIRY_POLL_SECONDS": "0.5"},
    "order-svc": {
        **HURRY,
        "MAX_OPEN_ORDERS": "1000",
        "MAX_HELD_BY_CUSTOMER": "1000000",
        "MAX_HELD_UNVERIFIED": "1000000",
        "MAX_HELD_BY_ADDRESS": "1000000",
        "RESUME_AFTER_SECONDS": "2",
        "GIVE_UP_AFTER_SECONDS": "10",
        "LINK_AGAIN_SECONDS": "10",
        "CLOSE_AGAIN_SECONDS": "10",
        "REFUND_AGAIN_SECONDS": "10",
        "REFUND_POLL_SECONDS": "0.5",
        "CLAIM_SECONDS": "3",
        "RETRY_FIRST_SECONDS": "0.2",
        "RETRY_MOST_SECONDS": "2",
    },
    "payment-svc": {
        **HURRY,
        "POLL_PLAN": "1,2,4,8",
        "ANNOUNCE_SECONDS": "15",
        "RETRY_MOST_SECONDS": "2",
        "REFUND_RETRY_MOST_SECONDS": "2",
    },
    "razorpay-sandbox": {"WEBHOOK_RETRY_FACTOR": "0.02"},
}
# failpoint -> a setting that makes a process reach the failpoint at once
IMPATIENT: dict[str, Mapping[str, str]] = {
    "order.refund_requested_again": {"REFUND_AGAIN_SECONDS": "0"},
    **{
        f"reconciliation.{place}": {"RECONCILE_HOURS": "0.001"}
        for place in ("page_read", "before_commit", "page_stored")
    },
}
# edge -> the service and the setting that route through it
CALLS = {
    "order-svc>user-svc": ("order-svc", "USER_SVC_URL"),
    "order-svc>product-svc": ("order-svc", "PRODUCT_SVC_URL"),
    "order-svc>sqs": ("order-svc", "AWS_ENDPOINT_URL_SQS"),
    "payment-svc>sqs": ("payment-svc", "AWS_ENDPOINT_URL_SQS"),
    "payment-svc>razorpay": ("payment-svc", "RAZORPAY_BASE_URL"),
    "razorpay>payment-svc": ("razorpay-sandbox", "WEBHOOK_URL"),
}
PATHS = {"WEBHOOK_URL": "/payments/webhook/"}
CLIENT_EDGES = tuple(
    f"client>{service}"
    for service in ("user-svc", "product-svc", "order-svc", "payment-svc")
)
EDGES = (*CALLS, *CLIENT_EDGES)


def upstream(edge: str) -> str:
    """Return the process that an edge leads to."""
    name = edge.partition(">")[2]
    return "razorpay-sandbox" if name == "razorpay" else name
