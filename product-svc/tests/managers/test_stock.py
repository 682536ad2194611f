"""The books balance whatever is done, in whatever order."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

OPERATIONS = st.one_of(
    st.tuples(st.just("adjust"), st.integers(-6, 6).filter(bool)),
    st.tuples(
        st.sampled_from(["reserve", "restock"]),
        st.integers(1, 4),
        st.integers(1, 4),
        st.integers(0, 3),
    ),
    st.tuples(st.sampled_from(["release", "final", "commit"]), st.integers(1, 4)),
)


@settings(
    max_examples=15,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(OPERATIONS, min_size=5, max_size=25))
def test_ledgers_sum_to_stock_and_reservations_to_what_is_reserved(
    shop: Any, operations: list[Any]
) -> None:
    products = [shop.product(stock_quantity=6), shop.product(stock_quantity=3)]
    first_order = products[0] * 10

    for operation in operations:
        answer = do(shop, products, first_order, *operation)

        assert answer.status_code < 500
        shop.check_books()


def do(shop: Any, products: list[int], first: int, what: str, *numbers: int) -> Any:
    """Do one operation; orders are counted from `first`."""
    if what == "adjust":
        return shop.adjust(products[0], numbers[0])
    order = first + numbers[0]
    if what == "reserve":
        lines = dict(zip(products, numbers[1:], strict=True))
        return shop.reserve(order, {p: q for p, q in lines.items() if q})
    if what == "restock":
        return shop.restock(order, {products[0]: numbers[1]}, str(numbers[2]))
    if what == "commit":
        return shop.commit(order)
    return shop.release(order, final=what == "final")
