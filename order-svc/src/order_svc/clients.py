"""The other services that the order service calls over HTTP."""

from decimal import Decimal
from typing import Any, cast

from flask import Flask, current_app

from chassis.http import Answer, Client
from chassis.outcomes import Done, Refused, Unknown
from order_svc.config import Settings
from order_svc.models import Lines, Prices
from order_svc.service_tokens import ServiceTokens


class Service:
    """Another service, called with a service token.

    Raises Unavailable or its subclass Unknown when there is no definite answer. A
    refused token is not a definite answer: the cached tokens are dropped, and the
    next call fetches a new one.
    """

    audience = ""
    scope = ""

    def __init__(self, client: Client, tokens: ServiceTokens) -> None:
        self.client = client
        self.tokens = tokens

    @property
    def is_down(self) -> bool:
        """Return whether the circuit breaker is open: the service does not answer."""
        return self.client.is_down

    def call(self, method: str, path: str, json: Any = None) -> Answer:
        """Return the definite answer."""
        headers = self.tokens.header(self.audience, self.scope)
        answer = self.client.call(method, path, json=json, headers=headers)
        if answer.status in (401, 403):
            self.tokens.forget()
            raise Unknown(f"{self.client.name} refused our token.")
        return answer


class UserService(Service):
    """user-svc: the accounts of customers."""

    audience, scope = "user-svc", "users:read"

    def find_user(self, user_id: int) -> dict[str, Any] | None:
        """Return the user's document, or None when there is no such user."""
        answer = self.call("GET", f"/user/{user_id}/")
        if answer.status == 404:
            return None
        if answer.status != 200 or not isinstance(answer.data, dict):
            raise Unknown(f"user-svc answered {answer.status}.")
        return answer.data


class ProductService(Service):
    """product-svc: reservations of stock."""

    audience, scope = "product-svc", "stock:reserve"

    def reserve(
        self, order_id: int, lines: Lines, expires_in: int
    ) -> Done[Prices] | Refused:
        """Reserve the lines; return the prices, or the refusal (409, 410)."""
        body = {"items": lines, "expires_in": expires_in}
        answer = self.call("PUT", self._path(order_id), body)
        code = error_code(answer)
        if answer.status == 410 or (answer.status == 409 and code != MISMATCH):
            return Refused(code, answer.data if isinstance(answer.data, dict) else {})
        if answer.status in (200, 201):
            wanted = {line["product_id"] for line in lines}
            return Done(_prices(answer.data, wanted))
        raise Unknown(f"product-svc answered {answer.status} {code}.")

    def commit(self, order_id: int) -> Answer:
        """Commit the stock: 200 or 409; 404 for an order without reservation."""
        path = f"{self._path(order_id)}commit/"
        return self._definite("POST", path, (200, 404, 409))

    def release(self, order_id: int, *, final: bool) -> Answer:
        """Release the stock: 204 or 409; a final release cannot be committed later."""
        query = "?final=true" if final else ""
        return self._definite("DELETE", f"{self._path(order_id)}{query}", (204, 409))

    def prolong(self, order_id: int, seconds: int) -> Answer:
        """Hold the stock for longer: 200; 404 or 410 when no stock is held."""
        path = f"{self._path(order_id)}prolong/"
        body = {"expires_in": seconds}
        return self._definite("POST", path, (200, 404, 410), body)

    def restock(self, order_id: int, return_id: str, items: Lines) -> Answer:
        """Restock returned goods: 200 or 409."""
        body = {"return_id": return_id, "items": items}
        path = f"{self._path(order_id)}restock/"
        return self._definite("POST", path, (200, 409), body)

    def _definite(
        self, method: str, path: str, statuses: tuple[int, ...], body: Any = None
    ) -> Answer:
        answer = self.call(method, path, body)
        if answer.status not in statuses:
            raise Unknown(f"product-svc answered {answer.status}.")
        return answer

    def _path(self, order_id: int) -> str:
        return f"/products/reservations/{order_id}/"


MISMATCH = "reservation_mismatch"  # an error in our request, not a lack of stock


def error_code(answer: Answer) -> str:
    """Return the `code` of an answer's problem document, or nothing."""
    return str(answer.data.get("code", "")) if isinstance(answer.data, dict) else ""


def _prices(data: Any, wanted: set[int]) -> dict[int, tuple[str, Decimal]]:
    """Return a reservation's prices; raise Unknown unless every line has one."""
    try:
        prices = {
            item["product_id"]: (str(item["name"])[:100], Decimal(item["price"]))
            for item in data["items"]
        }
        if not wanted <= prices.keys() or not all(
            price.is_finite() and price == price.quantize(Decimal("0.01"))
            for _, price in prices.values()
        ):
            raise ValueError
    except (KeyError, TypeError, ValueError, ArithmeticError):
        raise Unknown("product-svc's answer cannot be read.") from None
    return prices


def init_app(app: Flask, settings: Settings) -> None:
    """Make the app's clients; tokens are fetched when first needed."""
    user_svc: Client = app.extensions["user_svc"]
    tokens = ServiceTokens(
        user_svc, settings.service_client_id, settings.service_client_secret
    )
    product_svc = Client("product-svc", settings.product_svc_url)
    app.extensions["users"] = UserService(user_svc, tokens)
    app.extensions["products"] = ProductService(product_svc, tokens)


def users() -> UserService:
    """Return the current app's client of user-svc."""
    return cast("UserService", current_app.extensions["users"])


def products() -> ProductService:
    """Return the current app's client of product-svc."""
    return cast("ProductService", current_app.extensions["products"])
