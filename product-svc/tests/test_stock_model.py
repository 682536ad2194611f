"""Stock and the reservations of orders, compared with a plain model.

Hypothesis reserves, releases, sells, returns and adjusts in any order, lets time pass,
and compares each answer and all quantities with the model's.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from product_svc.jobs import expire_reservations

HOUR = 3600
ENDED = ("released", "expired", "refused")
Lines = dict[int, int]
orders = st.integers(0, 3)
quantities = st.lists(st.integers(0, 4), min_size=2, max_size=2).filter(any)


@dataclass
class Product:
    """A product's quantities, and whether it is on sale."""

    stock: int
    reserved: int = 0
    is_on_sale: bool = True

    @property
    def available(self) -> int:
        return self.stock - self.reserved


@dataclass
class Order:
    """What the shop knows of an order; no state before the first request."""

    state: str = ""
    lines: Lines = field(default_factory=dict)
    ends_at: int = 0
    returned: dict[str, Lines] = field(default_factory=dict)

    def returned_of(self, product: int) -> int:
        return sum(lines.get(product, 0) for lines in self.returned.values())


class Model:
    """The rules of stock in their plainest form; each method returns a status."""

    def __init__(self, stock: Lines) -> None:
        self.products = {number: Product(stock) for number, stock in stock.items()}
        self.orders = [Order() for _ in range(4)]
        self.now = 0

    def _fits(self, lines: Lines) -> bool:
        return all(self.products[p].available >= q for p, q in lines.items())

    def _move(self, lines: Lines, stock: int = 0, reserved: int = 0) -> None:
        for product, quantity in lines.items():
            self.products[product].stock += stock * quantity
            self.products[product].reserved += reserved * quantity

    def reserve(self, order: Order, lines: Lines, seconds: int) -> int:
        if order.state in ENDED:
            return 410
        if order.state:
            return 200 if order.lines == lines else 409
        on_sale = all(self.products[p].is_on_sale for p in lines)
        if not on_sale or not self._fits(lines):
            order.state = "refused"
            return 409
        order.state, order.lines = "held", lines
        order.ends_at = self.now + seconds
        self._move(lines, reserved=1)
        return 201

    def release(self, order: Order, *, final: bool) -> int:
        if order.state == "committed":
            return 409
        if order.state == "held":
            self._move(order.lines, reserved=-1)
        if final:
            order.state = "refused"
        elif order.state in ("", "held"):
            order.state = "released"
        return 204

    def commit(self, order: Order) -> int:
        if order.state == "held":
            self._move(order.lines, stock=-1, reserved=-1)
        elif order.state in ("released", "expired"):
            if not order.lines or not self._fits(order.lines):
                order.state = "refused"
                return 409
            self._move(order.lines, stock=-1)
        elif order.state != "committed":
            return 409 if order.state else 404
        order.state = "committed"
        return 200

    def restock(self, order: Order, lines: Lines, name: str) -> int:
        if order.state != "committed":
            return 409
        if name in order.returned:
            return 200
        for product, quantity in lines.items():
            left = order.lines.get(product, 0) - order.returned_of(product)
            if quantity > left:
                return 409
        order.returned[name] = lines
        self._move(lines, stock=1)
        return 200

    def prolong(self, order: Order, seconds: int) -> int:
        if order.state in ("", *ENDED):
            return 410 if order.state else 404
        if order.state == "held":
            order.ends_at = max(order.ends_at, self.now + seconds)
        return 200

    def adjust(self, product: Product, delta: int) -> int:
        if product.stock + delta < product.reserved:
            return 409
        product.stock += delta
        return 201

    def expire(self) -> None:
        for order in self.orders:
            if order.state == "held" and order.ends_at <= self.now:
                order.state = "expired"
                self._move(order.lines, reserved=-1)


class Stock(RuleBasedStateMachine):
    """Four orders of two products."""

    def __init__(self, shop: Any, hold: Callable[[int], None]) -> None:
        super().__init__()
        self.shop, self.hold = shop, hold
        hold(0)
        stock = {shop.product(stock_quantity=n): n for n in (6, 3)}
        self.ids, self.model = list(stock), Model(stock)
        self.first = self.ids[0] * 10

    def lines(self, quantities: list[int]) -> Lines:
        return {p: q for p, q in zip(self.ids, quantities, strict=True) if q}

    def check(self, answer: Any, status: int) -> None:
        assert answer.status_code == status, answer.text

    @rule(order=orders, quantities=quantities, seconds=st.sampled_from([60, HOUR]))
    def reserve(self, order: int, quantities: list[int], seconds: int) -> None:
        lines = self.lines(quantities)
        answer = self.shop.reserve(self.first + order, lines, seconds)
        self.check(answer, self.model.reserve(self.model.orders[order], lines, seconds))

    @rule(order=orders, final=st.booleans())
    def release(self, order: int, final: bool) -> None:
        answer = self.shop.release(self.first + order, final)
        self.check(answer, self.model.release(self.model.orders[order], final=final))

    @rule(order=orders)
    def commit(self, order: int) -> None:
        answer = self.shop.commit(self.first + order)
        self.check(answer, self.model.commit(self.model.orders[order]))

    @rule(order=orders, quantities=quantities, name=st.sampled_from("ab"))
    def restock(self, order: int, quantities: list[int], name: str) -> None:
        lines = self.lines(quantities)
        answer = self.shop.restock(self.first + order, lines, name)
        self.check(answer, self.model.restock(self.model.orders[order], lines, name))

    @rule(order=orders, seconds=st.sampled_from([30, 2 * HOUR]))
    def prolong(self, order: int, seconds: int) -> None:
        answer = self.shop.prolong(self.first + order, seconds)
        self.check(answer, self.model.prolong(self.model.orders[order], seconds))

    @rule(which=st.integers(0, 1), delta=st.integers(-3, 3).filter(bool))
    def adjust(self, which: int, delta: int) -> None:
        product = self.ids[which]
        answer = self.shop.adjust(product, delta)
        self.check(answer, self.model.adjust(self.model.products[product], delta))

    @rule(which=st.integers(0, 1), is_active=st.booleans())
    def put_on_sale_or_take_off(self, which: int, is_active: bool) -> None:
        number = self.ids[which]
        product, path = self.model.products[number], f"/products/{number}/"
        body = {"is_active": is_active}
        answer = self.shop.call("PATCH", path, self.shop.staff, json=body)
        is_held = product.is_on_sale and not is_active and product.reserved
        self.check(answer, 409 if is_held else 200)
        if not is_held:
            product.is_on_sale = is_active

    @rule(seconds=st.sampled_from([59, 60, HOUR]))
    def time_passes(self, seconds: int) -> None:
        self.model.now += seconds
        self.hold(self.model.now)
        self.model.expire()
        with self.shop.app.app_context():
            expire_reservations()

    @invariant()
    def quantities_and_states_are_those_of_the_model(self) -> None:
        for number, product in self.model.products.items():
            wanted = (product.stock, product.reserved)
            assert self.shop.quantities(number) == wanted
        for number, order in enumerate(self.model.orders):
            assert self.shop.state(self.first + number) == (order.state or None)


def test_stock_and_reservations_are_those_of_the_model(
    shop: Any, hold: Callable[[int], None]
) -> None:
    run_state_machine_as_test(
        lambda: Stock(shop, hold),
        settings=settings(
            max_examples=8,
            stateful_step_count=20,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    shop.check_books()
