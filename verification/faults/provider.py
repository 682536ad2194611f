"""What the provider's side does by itself, through the control API of the sandbox.

Staff refund in Razorpay's dashboard, banks raise and decide disputes, customers pay a
fee or get an offer, and the account answers in other words or by another clock.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import requests

from verification.faults.rows import Parameters
from verification.faults.waiting import wait_for

TIMEOUT = 20.0
PATIENCE = 5.0  # seconds to wait for a payment or a link to act on
PAUSE = 0.3
LEAST = 100  # paise: Razorpay refunds no smaller amount, except all that is left
FAIL = "fail"
WON = "won"
ENDED = (WON, "lost", "closed")
# The modes of the account in which payment-svc can read links, payments and refunds.
READABLE = ("active", "suspended", "live_mode_off", "link_quota")
USUAL = {"mode": "active", "refuse_fields": "", "clock": 0}
DISPUTE_EVENTS = "payment.dispute."
Row = dict[str, Any]


class ProviderSide:
    """Acts at the sandbox; `begin` and `end` are the start and end of an action.

    `on_refund` receives each refund of the dashboard, with the id of its link.
    `is_refusing`: the account refuses all calls of payment-svc, also those that read.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.on_refund: Callable[[Row, str], None] = lambda refund, link: None
        self.begun: dict[str, Row] = {}
        self.is_refusing = False

    def begin(self, kind: str, parameters: Parameters) -> None:
        """Start an action of this kind; raises if the sandbox refuses."""
        self.begun.pop(kind, None)
        if found := BEGIN[kind](self, parameters):
            self.begun[kind] = found

    def end(self, kind: str, parameters: Parameters) -> None:
        """End the action of this kind that has begun."""
        if kind in ENDS:
            ENDS[kind](self, self.begun.pop(kind, {}), parameters)

    def heal(self) -> None:
        """End whatever has not ended: afterwards nothing at the provider is open."""
        self.begun.clear()
        self.set_account(**USUAL)
        self.post("/control/balance/", low=None)
        ledger = self.get("/control/ledger/")
        for refund in ledger["refunds"]:
            if refund["status"] == "pending":
                self.post(f"/control/refunds/{refund['id']}/process/")
        for dispute in ledger["disputes"]:
            if dispute["status"] not in ENDED:
                self.post(f"/control/disputes/{dispute['id']}/", status=WON)

    def has_undelivered_disputes(self) -> bool:
        """Return whether the webhook of a dispute is still to be delivered."""
        return any(
            row["event"].startswith(DISPUTE_EVENTS)
            and row["next_attempt_at"] is not None
            for row in self.get("/control/ledger/")["events"]
        )

    # ---- calls ----
    def get(self, path: str) -> Row:
        """Return the answer to a query."""
        return self._call("GET", path)

    def post(self, path: str, **body: Any) -> Row:
        """Return the answer to a control call."""
        return self._call("POST", path, json=body)

    def _call(self, method: str, path: str, **more: Any) -> Row:
        url = self.address + path
        with requests.Session() as http:  # the sandbox may have been killed meanwhile
            http.trust_env = False
            return _body(http.request(method, url, timeout=TIMEOUT, **more))

    def set_account(self, **state: Any) -> None:
        """Change the state of the account, or the sandbox's clock."""
        self.post("/control/account/", **state)
        if "mode" in state:
            self.is_refusing = state["mode"] not in READABLE

    def capture(self, which: float) -> Row:
        """Return a captured payment of which something is left."""
        found = partial(self._capture, which)
        return wait_for(found, "a capture", PATIENCE, PAUSE)

    def _capture(self, which: float) -> Row:
        rows = self.get("/control/ledger/")["payments"]
        return pick([row for row in rows if row["status"] == "captured"], which)

    def open_link(self, which: float) -> Row:
        """Return a link that can be paid."""
        return wait_for(
            partial(self._open_link, which), "an open link", PATIENCE, PAUSE
        )

    def _open_link(self, which: float) -> Row:
        rows = self.get("/control/links/")["links"]
        return pick([row for row in rows if row["payable"]], which)


def pick(rows: list[Row], which: float) -> Row:
    """Return the row at a share of the list (below 1), or {} if the list is empty."""
    return rows[int(which * len(rows))] if rows else {}


def part(whole: int, share: float) -> int:
    """Return a share of an amount in paise that Razorpay refunds."""
    wanted = int(whole * share)
    return wanted if LEAST <= wanted <= whole - LEAST else whole


def _body(answer: requests.Response) -> Row:
    if not answer.ok:
        raise ValueError(f"{answer.status_code}: {answer.text[:200]}")
    found: Row = answer.json()
    return found


# ---- the kinds ----
def _refund(side: ProviderSide, parameters: Parameters) -> Row:
    """Refund a part or all of a payment in the dashboard."""
    payment = side.capture(parameters["which"])
    left = payment["amount"] - payment["amount_refunded"]
    amount = part(left, parameters["share"])
    path = f"/control/payments/{payment['id']}/refund/"
    refund = side.post(path, amount=amount, pending=bool(parameters["end"]))
    if parameters["end"] != FAIL:  # a refund that fails may never be seen
        side.on_refund(refund, payment["plink_id"])
    return refund


def _end_refund(side: ProviderSide, refund: Row, parameters: Parameters) -> None:
    if refund and parameters["end"]:
        side.post(f"/control/refunds/{refund['id']}/{parameters['end']}/")


def _dispute(side: ProviderSide, parameters: Parameters) -> Row:
    """Raise a dispute about a part or all of a payment."""
    payment = side.capture(parameters["which"])
    amount = part(payment["amount"], parameters["share"])
    path, phase = f"/control/payments/{payment['id']}/dispute/", parameters["phase"]
    return side.post(path, phase=phase, amount=amount)


def _end_dispute(side: ProviderSide, dispute: Row, parameters: Parameters) -> None:
    if dispute:
        side.post(f"/control/disputes/{dispute['id']}/", status=parameters["end"])


def _fee(side: ProviderSide, parameters: Parameters) -> None:
    """Pay a link with a fee on top of the price, or with an offer's discount."""
    link = side.open_link(parameters["which"])
    extra = max(1, int(link["amount"] * parameters["share"]))
    path = f"/control/links/{link['id']}/pay/"
    side.post(path, **{parameters["difference"]: extra})


def _refuse(side: ProviderSide, parameters: Parameters) -> None:
    """Let the account refuse calls in other words."""
    side.set_account(**{name: parameters[name] for name in ("mode", "refuse_fields")})
    side.post("/control/balance/", low=parameters["low"])


def _accept(side: ProviderSide, _begun: Row, _parameters: Parameters) -> None:
    side.set_account(mode=USUAL["mode"], refuse_fields=USUAL["refuse_fields"])
    side.post("/control/balance/", low=None)


def _shift(side: ProviderSide, parameters: Parameters) -> None:
    """Move the provider's clock forward, so that the shop's clock is behind."""
    side.set_account(clock=parameters["seconds"])


def _shift_back(side: ProviderSide, _begun: Row, _parameters: Parameters) -> None:
    side.set_account(clock=USUAL["clock"])


BEGIN: Mapping[str, Callable[[ProviderSide, Parameters], Row | None]] = {
    "dashboard_refund": _refund,
    "dispute": _dispute,
    "fee": _fee,
    "refuse_in_other_words": _refuse,
    "clock_behind": _shift,
}
ENDS: Mapping[str, Callable[[ProviderSide, Row, Parameters], None]] = {
    "dashboard_refund": _end_refund,
    "dispute": _end_dispute,
    "refuse_in_other_words": _accept,
    "clock_behind": _shift_back,
}
