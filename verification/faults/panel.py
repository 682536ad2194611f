"""What an admin does in the staff panel of payment-svc during a run."""

import re
from urllib.parse import urlencode

import requests

TIMEOUT = 10.0
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Panel:
    """A browser in which an admin signs in for each decision."""

    def __init__(self, address: str, account: dict[str, str]) -> None:
        self.address, self.account = f"{address}/admin/", account

    def refund_despite(self, refund_ids: list[int]) -> None:
        """Send refunds although their payments are disputed."""
        with requests.Session() as http:
            http.trust_env = False
            self._post(http, "login/", "login/", **self.account)
            ids = [("rowid", str(one)) for one in refund_ids]
            self._post(http, "refund/", "refund/action/", *ids, action="despite")

    def _post(
        self,
        http: requests.Session,
        page: str,
        path: str,
        *rows: tuple[str, str],
        **fields: str,
    ) -> None:
        """Post a form with the token of the page on which it is."""
        shown = http.get(self.address + page, timeout=TIMEOUT).text
        token = TOKEN.search(shown)
        if token is None:
            raise ValueError(f"no form at {page}: {shown[:200]}")
        form = [("csrf_token", token[1]), *fields.items(), *rows]
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        http.post(
            self.address + path,
            data=urlencode(form),
            headers=headers,
            timeout=TIMEOUT,
        ).raise_for_status()
