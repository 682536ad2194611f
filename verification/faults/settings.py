"""What the processes of a run find in their environment: proxies, short times.

The times of the saga are shortened in proportion, so that in a minute as much happens
as in an hour; none is switched off. The clock is moved by CLOCK_FILE.
"""

from collections.abc import Mapping

HURRY = {
    "WORKER_POLL_SECONDS": "0.1",
    "SQS_WAIT_SECONDS": "1",
    "SQS_VISIBILITY_SECONDS": "5",
}
TIMES: dict[str, Mapping[str, str]] = {
    "user-svc": {"MAIL_RETRY_SECONDS": "2"},
    "product-svc": {"EXPIRY_POLL_SECONDS": "0.5"},
    "order-svc": {
        **HURRY,
        "MAX_OPEN_ORDERS": "1000",
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
    },
    "razorpay-sandbox": {"WEBHOOK_RETRY_FACTOR": "0.02"},
}
# crash point -> what brings a process there that is not to wait for a lost message
IMPATIENT: dict[str, Mapping[str, str]] = {
    "order.refund_asked_again": {"REFUND_AGAIN_SECONDS": "0"},
}
# edge -> whose setting leads through it
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
