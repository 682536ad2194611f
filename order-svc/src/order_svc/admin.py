"""The staff panel: everything is read-only, except that orders can be cancelled."""

from flask import Flask

import chassis.admin
from chassis.admin import ModelView, action
from chassis.admin.staff import current
from order_svc import steps
from order_svc.extensions import db
from order_svc.models import (
    Order,
    OrderDispute,
    OrderHistory,
    OrderItem,
    OrderRefund,
    StockCommand,
)


def _cancel(order: Order) -> Order:
    who = current()
    actor = f"user:{who.id}" if who else "nobody"
    return steps.Context.start(actor).orders.cancel(order.id)[0]


class OrderView(ModelView):
    """Orders."""

    column_list = (
        "id",
        "user_id",
        "customer_name",
        "status",
        "state",
        "total_price",
        "refunded_amount",
        "payment_status",
        "created_at",
        "updated_at",
    )
    hidden = ("placed_from",)
    column_searchable_list = ("customer_name", "customer_email", "correlation_id")

    @action("cancel", "Cancel", "Cancel these orders? Paid ones are refused.")
    def cancel(self, ids: list[str]) -> None:
        """Cancel orders before they are paid."""
        self.each(ids, "cancel", _cancel)


class OrderItemView(ModelView):
    """Lines; products are sorted by name in product-svc."""

    unsorted = ("product_name",)


# Each table's title and, if it differs from the class's name, its address.
TABLES = {
    OrderRefund: ("Refunds", None),
    OrderDispute: ("Disputes", None),
    OrderHistory: ("Timeline", None),
    StockCommand: ("Stock commands", "owed"),  # the address is stable
}


def init_app(app: Flask) -> None:
    """Serve the panel at /admin/."""
    views = [
        OrderView(Order, db, name="Orders"),
        OrderItemView(OrderItem, db, name="Lines"),
        *(
            ModelView(table, db, name=title, endpoint=address)
            for table, (title, address) in TABLES.items()
        ),
    ]
    chassis.admin.init_app(app, "Orders", db, views)
