"""The panel: for staff alone, and stock is changed only through its ledger."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, inspect, select

from chassis.http import Answer
from devtools.testkit.names import IN_ORDER
from product_svc.extensions import db
from product_svc.models import Category, Product, StockMovement
from product_svc.models.words import ProductText, ProductWord, WordPart

# Flask-Admin's own select fields are older than WTForms 3.3.
pytestmark = pytest.mark.filterwarnings("ignore:Yielding raw tuples:DeprecationWarning")
VIEWS = (
    "product",
    "category",
    "stockmovement",
    "pricechange",
    "reservation",
    "reservationitem",
    "reservationhistory",
)
READ_ONLY = VIEWS[3:]


class UserSvc:
    """A fake user-svc with one member of staff, which accepts any password."""

    def __init__(self, role: str = "staff") -> None:
        self.me = {"id": 900, "name": "Asha", "email": "asha@example.com", "role": role}
        self.pool: dict[str, Any] = {}

    def call(self, method: str, path: str, **_: Any) -> Answer:
        tokens = {"access_token": "a", "refresh_token": "r"}
        return Answer(200, self.me if path == "/user/me/" else tokens)


class Panel:
    """A browser that shows the panel."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str) -> Any:
        return self.client.get(f"/admin/{path}", headers={"Accept": "text/html"})

    def post(self, path: str, page: str = "", **form: Any) -> Any:
        """Post a form with the CSRF token of its page."""
        shown = self.get(page or path).text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', shown)
        assert token, shown[:500]
        data = {"csrf_token": token[1], **form}
        return self.client.post(
            f"/admin/{path}",
            data=data,
            follow_redirects=True,
            headers={"Accept": "*/*"},
        )


@pytest.fixture
def panel(app: Flask, client: FlaskClient) -> Panel:
    app.extensions["user_svc_sign_in"] = UserSvc()
    browser = Panel(client)
    answer = browser.post("login/", email="asha@example.com", password="x")
    assert answer.status_code == 200
    return browser


def count(app: Flask, table: Any) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def addresses(app: Flask) -> list[tuple[str, str]]:
    return [
        (re.sub(r"<[^>]+>", "csv", rule.rule), method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/admin/")
        and rule.endpoint not in ("admin.login", "admin.static")
    ]


def test_the_panel_is_closed_to_everybody_who_is_not_signed_in(
    shop: Any, tokens: Any, subtests: Any
) -> None:
    shop.product(category_id=shop.category())

    for path, method in addresses(shop.app):
        for headers in (None, tokens.admin()):
            answer = shop.call(method, path, headers, data={"id": "1"})

            with subtests.test(f"{method} {path}"):
                assert answer.status_code == (302 if method == "GET" else 403)
    assert (count(shop.app, Product), count(shop.app, Category)) == (1, 1)


def test_a_customer_cannot_sign_in(app: Flask, client: FlaskClient) -> None:
    app.extensions["user_svc_sign_in"] = UserSvc("customer")

    answer = Panel(client).post("login/", email="c@example.com", password="x")

    assert answer.status_code == 403
    assert client.get("/admin/").status_code == 302


def test_every_table_is_registered(app: Flask, panel: Panel) -> None:
    registered = {view.model for view in app.extensions["admin"][0]._views[1:]}

    tables = {mapper.class_ for mapper in db.Model.registry.mappers}
    assert registered == tables - {ProductText, ProductWord, WordPart}  # an index


def test_every_view_lists_searches_filters_shows_and_exports(
    shop: Any, panel: Panel, subtests: Any
) -> None:
    product = shop.product(name="Kadai", category_id=shop.category(name="Pans"))
    shop.reserve(1, {product: 1})

    for view in VIEWS:
        for query in ("", "?search=a", "?sort=0&desc=1", "export/csv/"):
            with subtests.test(f"{view} {query}"):
                assert panel.get(f"{view}/{query}").status_code == 200
    assert "Kadai" in panel.get("product/?search=kad").text
    assert "Kadai" in panel.get("product/?search=KÁDAIS").text
    assert "Kadai" not in panel.get("product/?search=nothing").text
    assert "Kadai" in panel.get("product/details/?id=1").text


def test_every_column_of_the_catalogue_filters(
    shop: Any, panel: Panel, subtests: Any
) -> None:
    shop.product(price="499.00")
    view = next(
        v for v in shop.app.extensions["admin"][0]._views if v.name == "Products"
    )

    found = {}
    for number, kind in enumerate(view._filters):
        name = view.get_filter_arg(number, kind)
        page = panel.get(f"product/?flt0_{name}=450")
        found[name] = "Kadai" in page.text
        with subtests.test(name):
            assert page.status_code == 200

    assert found["price_greater_than"]
    assert not found["price_smaller_than"]


def test_staff_makes_and_edits_a_product_and_cannot_type_a_quantity(
    shop: Any, panel: Panel
) -> None:
    category = shop.category(name="Pans")
    form = {"name": "Tawa", "price": "299.5", "category": str(category)}

    panel.post("product/new/", **form, stock_quantity="50", reserved_quantity="5")
    made = shop.call("GET", "/products/1/").json
    panel.post(
        "product/edit/?id=1",
        name="Big tawa",
        price="300",
        category="__None",
        stock_quantity="50",
    )
    edited = shop.call("GET", "/products/1/").json

    assert (made["name"], made["price"], made["stock_quantity"]) == (
        "Tawa",
        "299.50",
        0,
    )
    assert made["category"] == {"id": category, "name": "Pans"}
    assert (edited["name"], edited["stock_quantity"]) == ("Big tawa", 0)
    assert edited["category"] is None


@pytest.mark.parametrize(
    "wrong",
    [{"price": "-1"}, {"price": "1e9"}, {"price": "0.001"}, {"name": "a\u202eb"}],
)
def test_the_panel_refuses_what_the_api_refuses(
    app: Flask, panel: Panel, wrong: dict[str, str]
) -> None:
    answer = panel.post("product/new/", **{"name": "x", "price": "1", **wrong})

    assert answer.status_code == 200
    assert count(app, Product) == 0


def test_a_description_of_several_lines_can_be_edited(shop: Any, panel: Panel) -> None:
    shop.product(name="Tawa", description="Iron.\nHeavy.")

    panel.post(
        "product/edit/?id=1",
        name="Tawa",
        sku="",
        price="300",
        description="Iron.\r\nHeavy.\r\nBlack.",
        category="__None",
    )

    edited = shop.call("GET", "/products/1/").json
    assert edited["description"] == "Iron.\nHeavy.\nBlack."
    assert (edited["sku"], edited["price"]) == (None, "300.00")


def test_staff_adjusts_stock_by_a_line_of_the_ledger(shop: Any, panel: Panel) -> None:
    product = shop.product(stock_quantity=5)
    shop.reserve(1, {product: 3})
    form = {"product": str(product), "reason": "counted"}

    panel.post("stockmovement/new/", **form, delta="4", stock_quantity="999")
    refused = panel.post("stockmovement/new/", **form, delta="-7")

    assert "too little stock" in refused.text
    assert shop.quantities(product) == (9, 3)
    shop.check_books()
    with shop.app.app_context():
        newest = select(StockMovement).order_by(StockMovement.id.desc()).limit(1)
        line = db.session.scalars(newest).one()
        assert (line.kind, line.delta, line.actor) == ("adjustment", 4, "user:900")


def test_the_ledger_and_reservations_cannot_be_edited_or_deleted(
    shop: Any, panel: Panel, subtests: Any
) -> None:
    product = shop.product()
    shop.reserve(1, {product: 3})

    for view in (*READ_ONLY, "stockmovement", "product"):
        paths = ["delete/"] if view == "product" else ["edit/?id=1", "delete/"]
        paths += ["new/"] if view in READ_ONLY else []
        for path in paths:
            panel.post(f"{view}/{path}", page="product/new/", id="1", state="released")

            with subtests.test(f"{view} {path}"):
                assert (shop.state(1), shop.quantities(product)) == ("held", (5, 3))
    shop.check_books()


def test_products_go_off_sale_and_back_unless_orders_hold_them(
    shop: Any, panel: Panel
) -> None:
    free, held = shop.product(), shop.product()
    shop.reserve(1, {held: 1})

    def act(name: str) -> list[int]:
        form = {"action": name, "rowid": [str(free), str(held)]}
        panel.post("product/action/", page="product/new/", **form)
        paths = [f"/products/{product}/" for product in (free, held)]
        return [shop.call("GET", path).status_code for path in paths]

    assert act("retire") == [404, 200]
    assert act("return") == [200, 200]


TORCH = {"name": "Torch", "price": "1.00", "category": "__None"}


def listed(panel: Panel, address: str) -> list[int]:
    """Return the ids of a list's rows in their order."""
    answer = panel.get(address)
    assert answer.status_code == 200
    return [int(key) for key in re.findall(r"/details/\?id=(\d+)&", answer.text)]


def test_staff_set_and_filter_low_stock_in_the_panel(shop: Any, panel: Panel) -> None:
    low, high, without = (
        shop.product(stock_quantity=5, low_stock_threshold=threshold)
        for threshold in (5, 4, None)
    )
    panel.post(f"product/edit/?id={high}", **TORCH, low_stock_threshold="6")
    panel.post(f"product/edit/?id={without}", **TORCH, low_stock_threshold="-1")

    shown = [
        listed(panel, f"product/?flt1_low_stock_equals={wanted}") for wanted in (1, 0)
    ]

    assert shown == [[high, low], [without]]


def test_the_panel_sorts_names_as_people_sort(shop: Any, panel: Panel) -> None:
    names = [name for name in IN_ORDER if name]
    ids = {name: shop.product(name=name) for name in sorted(names, key=len)}
    column = "product/?sort=2"

    found = [listed(panel, column), listed(panel, f"{column}&desc=1")]

    wanted = [ids[name] for name in names]
    assert found == [wanted, wanted[::-1]]


def test_categories_keep_their_tree_in_the_panel_too(shop: Any, panel: Panel) -> None:
    top = shop.category(name="Top")
    middle = shop.category(name="Middle", parent_id=top)
    bottom = shop.category(name="Bottom", parent_id=middle)

    cycle = panel.post(f"category/edit/?id={top}", name="Top", parent=str(bottom))
    panel.post("category/delete/", page="category/new/", id=str(middle))

    assert "cannot be its own ancestor" in cycle.text
    with shop.app.app_context():
        rows = db.session.execute(select(Category.id, Category.parent_id)).all()
    assert sorted(tuple(row) for row in rows) == [(top, None), (bottom, top)]


def test_what_staff_does_in_the_panel_is_written_down(app: Flask, panel: Panel) -> None:
    panel.post("category/new/", name="Pans")

    with app.app_context():
        log = app.extensions["chassis_models"]["action_log"]
        row = db.session.scalars(select(log)).one()
        assert (row.user_id, row.action, row.model) == (900, "create", "Category")
        assert row.after["name"] == "Pans"
        assert inspect(row).persistent
