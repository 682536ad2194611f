"""The callers of a fuzzed operation: anonymous, customer, staff and service."""

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import requests

from verification.fuzz.shop import INTEGRATOR, SCOPES, SECRET

ANONYMOUS, CUSTOMER, STAFF, SERVICE = "anonymous", "customer", "staff", "service"
ROLES = (ANONYMOUS, CUSTOMER, STAFF, SERVICE)
PASSWORD = "a-long-walk-in-the-rain"  # noqa: S105
VARIABLE = "FUZZ_CALLER"
RAZORPAY = "FUZZ_RAZORPAY"
WITHIN = 60.0


@dataclass
class Accounts:
    """Gets tokens for one role at one service.

    A fuzzer may delete its own account, change its password or end its session, so
    each token of a customer or of staff belongs to a new account, `user_id`.
    """

    role: str
    service: str
    user_svc: str
    admin: dict[str, str]
    http: requests.Session = field(default_factory=requests.Session)
    user_id: int | None = None
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def settings(self) -> dict[str, Any]:
        """Return the arguments of this object, for another process."""
        names = ("role", "service", "user_svc", "admin")
        return {name: getattr(self, name) for name in names}

    def token(self) -> str:
        """Return a new token; "" for anonymous."""
        if self.role == ANONYMOUS:
            return ""
        return self._of_service() if self.role == SERVICE else self._of_account()

    def _of_account(self) -> str:
        number = next(self.numbers)
        email = f"{self.role}-{self.service}-{os.getpid()}-{number}@shop.example"
        who = {"email": email, "password": PASSWORD}
        made = self._post("/user/register/", json={"name": "Asha Rao", **who})
        self.user_id = made["id"]
        if self.role == STAFF:
            self._promote(made["id"])
        return str(self._post("/user/login/", json=who)["access_token"])

    def _promote(self, user_id: int) -> None:
        token = self._post("/user/login/", json=self.admin)["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        body = {"role": self.role}
        self._call("PATCH", f"/user/{user_id}/", json=body, headers=headers)

    def _of_service(self) -> str:
        form = {
            "grant_type": "client_credentials",
            "audience": self.service,
            "scope": " ".join(SCOPES),
        }
        found = self._post("/user/token/", data=form, auth=(INTEGRATOR, SECRET))
        return str(found["access_token"])

    def _post(self, path: str, **more: Any) -> Any:
        return self._call("POST", path, **more)

    def _call(self, method: str, path: str, **more: Any) -> Any:
        self.http.trust_env = False
        url = self.user_svc + path
        answer = self.http.request(method, url, timeout=WITHIN, **more)
        answer.raise_for_status()
        return answer.json()
