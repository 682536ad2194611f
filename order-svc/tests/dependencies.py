"""Fakes of user-svc and product-svc that record their requests."""

import socket
import threading
from collections import defaultdict
from typing import Any

from flask import Flask, jsonify, request

HANG_UP = "hang up"  # no answer at all
LOSE = "lose the answer"  # the request is acted upon, its answer is lost


def _hang_up() -> Any:
    request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return "", 500


class Fake:
    """A dependency: `requests` are recorded, `answers` replace the usual ones.

    `answers[what]` is a list, used one by one, or one answer for all requests; an
    answer is `(status, body)`, HANG_UP or LOSE.
    """

    def __init__(self) -> None:
        self.app = Flask(__name__)
        self.requests: list[tuple[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answers: dict[str, Any] = {}
        self.lock = threading.Lock()

    def answer(self, what: str, body: Any, usual: Any) -> Any:
        with self.lock:
            self.requests.append((what, body))
            self.headers.append(dict(request.headers))
            given = self.answers.get(what)
            if isinstance(given, list):
                given = given.pop(0) if given else None
            if given == HANG_UP:
                return _hang_up()
            answer = usual() if given in (None, LOSE) else given
            if given == LOSE:
                return _hang_up()
        status, data = answer
        return (jsonify(data) if data is not None else ""), status

    def count(self, what: str) -> int:
        return sum(name == what for name, _ in self.requests)


class FakeUsers(Fake):
    """user-svc: an active customer for each id, unless `users` holds another."""

    def __init__(self) -> None:
        super().__init__()
        self.users: dict[int, dict[str, Any] | None] = {}
        self.app.add_url_rule("/user/token/", view_func=self.token, methods=["POST"])
        self.app.add_url_rule("/user/<int:user_id>/", view_func=self.user)

    def token(self) -> Any:
        scope = request.form["scope"]
        token = {"access_token": f"token-for-{scope}", "expires_in": 600}
        return self.answer("token", request.form.to_dict(), lambda: (200, token))

    def user(self, user_id: int) -> Any:
        return self.answer("user", user_id, lambda: self._document(user_id))

    def _document(self, user_id: int) -> tuple[int, Any]:
        usual = {
            "id": user_id,
            "name": f"User {user_id}",
            "email": f"user{user_id}@shop.example",
            "phone": "+919876543210",
            "role": "customer",
            "is_active": True,
            "email_verified": True,
        }
        found = self.users.get(user_id, {})
        return (404, {}) if found is None else (200, {**usual, **found})


class FakeProducts(Fake):
    """product-svc: reserves everything; refuses what was released."""

    def __init__(self) -> None:
        super().__init__()
        self.price = defaultdict(lambda: "499.00")
        self.states: dict[int, str] = {}
        base = "/products/reservations/<int:order_id>/"
        rule = self.app.add_url_rule
        rule(base, "put", self.put, methods=["PUT"])
        rule(base, "delete", self.delete, methods=["DELETE"])
        rule(f"{base}commit/", "commit", self.commit, methods=["POST"])
        rule(f"{base}prolong/", "prolong", self.prolong, methods=["POST"])
        rule(f"{base}restock/", "restock", self.restock, methods=["POST"])

    def put(self, order_id: int) -> Any:
        body = request.get_json()
        return self.answer("reserve", (order_id, body), lambda: self._hold(order_id))

    def _hold(self, order_id: int) -> tuple[int, Any]:
        known = self.states.get(order_id)
        if known not in (None, "held", "committed"):
            return 410, {"code": "gone"}
        self.states.setdefault(order_id, "held")
        items = [
            {
                **line,
                "name": f"Product {line['product_id']}",
                "price": self.price[line["product_id"]],
            }
            for line in request.get_json()["items"]
        ]
        answer = {"order_id": order_id, "state": "held", "items": items}
        return (200 if known else 201), answer

    def delete(self, order_id: int) -> Any:
        what = "release final" if request.args.get("final") == "true" else "release"
        return self.answer(what, order_id, lambda: self._release(order_id, what))

    def _release(self, order_id: int, what: str) -> tuple[int, Any]:
        if self.states.get(order_id) == "committed":
            return 409, {"code": "already_committed"}
        self.states[order_id] = what
        return 204, None

    def commit(self, order_id: int) -> Any:
        return self.answer("commit", order_id, lambda: self._commit(order_id))

    def _commit(self, order_id: int) -> tuple[int, Any]:
        if self.states.get(order_id) in (None, "release final"):
            return 409, {"code": "reservation_gone"}
        self.states[order_id] = "committed"
        return 200, {"order_id": order_id, "state": "committed", "items": []}

    def prolong(self, order_id: int) -> Any:
        is_held = self.states.get(order_id) == "held"
        known = (200, {"state": "held"}) if is_held else (410, {"code": "gone"})
        return self.answer("prolong", (order_id, request.get_json()), lambda: known)

    def restock(self, order_id: int) -> Any:
        body = (order_id, request.get_json())
        return self.answer("restock", body, lambda: (200, {"state": "committed"}))


__all__ = ["HANG_UP", "LOSE", "FakeProducts", "FakeUsers"]
