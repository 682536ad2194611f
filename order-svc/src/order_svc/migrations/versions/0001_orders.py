"""Orders, their timeline, refunds and stock commands.

Revision ID: 0001_orders
Revises:
Create Date: 2026-11-25 07:47:54.496373

"""

import sqlalchemy as sa
from alembic import op

revision = "0001_orders"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PRICE = sa.Numeric(10, 2).with_variant(sa.BigInteger(), "sqlite")
TOTAL = sa.Numeric(15, 2).with_variant(sa.BigInteger(), "sqlite")


def upgrade():
    op.create_table(
        "action_log",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("object_id", sa.String(length=80), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("correlation_id", sa.String(length=128), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_log")),
    )
    op.create_table(
        "admin_sessions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("access_token", sa.Text(), nullable=False),
        sa.Column("refresh_token", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_sessions")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("id", BIG, nullable=False),
        sa.Column("caller", sa.String(length=100), nullable=False),
        sa.Column("route", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resource_id", BIG, nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("content_type", sa.String(length=100), nullable=True),
        sa.Column("headers", sa.String(length=2000), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_keys")),
        sa.UniqueConstraint(
            "caller", "route", "key", name=op.f("uq_idempotency_keys_caller_route_key")
        ),
    )
    op.create_table(
        "inbox",
        sa.Column("id", BIG, nullable=False),
        sa.Column("event_id", sa.String(length=100), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("correlation_id", sa.String(length=128), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("event_id", name=op.f("uq_inbox_event_id")),
    )
    op.create_index(op.f("ix_inbox_subject"), "inbox", ["subject"])
    op.create_table(
        "dependencies",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_dependencies")),
    )
    op.create_table(
        "orders",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("total_price", TOTAL, nullable=False),
        sa.Column(
            "status", sa.String(length=20), server_default="pending", nullable=False
        ),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("customer_name", sa.String(length=100), nullable=False),
        sa.Column("customer_email", sa.String(length=254), nullable=False),
        sa.Column("customer_phone", sa.String(length=20), nullable=True),
        sa.Column("payment_id", BIG, nullable=True),
        sa.Column("payment_status", sa.String(length=20), nullable=True),
        sa.Column("captured_amount", TOTAL, nullable=True),
        sa.Column("refunded_amount", TOTAL, nullable=False),
        sa.Column("short_url", sa.String(length=255), nullable=True),
        sa.Column("link_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shipping_address", sa.JSON(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("refusal", sa.JSON(), nullable=True),
        sa.Column("next_check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("correlation_id", sa.String(length=128), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "refunded_amount >= 0 AND refunded_amount <> 'NaN'",
            name=op.f("ck_orders_refunded_not_negative"),
        ),
        sa.CheckConstraint(
            "state IN ('placed', 'awaiting_payment', 'expiring', 'cancelling', "
            "'paid', 'confirmed', 'rejected', 'expired', 'cancelled', "
            "'refund_pending', 'refunded')",
            name=op.f("ck_orders_state_known"),
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'success', 'failed', 'cancelled', "
            "'refunding', 'refunded')",
            name=op.f("ck_orders_status_known"),
        ),
        sa.CheckConstraint(
            "total_price >= 0 AND total_price <> 'NaN'",
            name=op.f("ck_orders_total_not_negative"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
    )
    op.create_index("ix_orders_created_at_id", "orders", ["created_at", "id"])
    op.create_index("ix_orders_next_check_at", "orders", ["next_check_at"])
    op.create_index("ix_orders_status_id", "orders", ["status", "id"])
    op.create_index("ix_orders_total_price_id", "orders", ["total_price", "id"])
    op.create_index("ix_orders_user_id_id", "orders", ["user_id", "id"])
    op.create_table(
        "outbox",
        sa.Column("id", BIG, nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("queue", sa.String(length=80), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("correlation_id", sa.String(length=128), nullable=False),
        sa.Column("traceparent", sa.String(length=64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("event_id", name=op.f("uq_outbox_event_id")),
    )
    op.create_index(op.f("ix_outbox_next_check_at"), "outbox", ["next_check_at"])
    op.create_index(op.f("ix_outbox_published_at"), "outbox", ["published_at"])
    op.create_index(op.f("ix_outbox_subject"), "outbox", ["subject"])
    op.create_table(
        "quarantine",
        sa.Column("id", BIG, nullable=False),
        sa.Column("queue", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("correlation_id", sa.String(length=128), nullable=False),
        sa.Column("details", sa.JSON(), nullable=True),
        sa.Column(
            "state", sa.String(length=20), server_default="waiting", nullable=False
        ),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
    )
    op.create_index(op.f("ix_quarantine_state"), "quarantine", ["state"])
    op.create_table(
        "order_history",
        sa.Column("id", BIG, nullable=False),
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("from_state", sa.String(length=20), nullable=True),
        sa.Column("to_state", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("correlation_id", sa.String(length=128), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('state', 'message_out', 'message_in', 'ignored')",
            name=op.f("ck_order_history_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
            name=op.f("fk_order_history_order_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_history")),
    )
    op.create_index(op.f("ix_order_history_order_id"), "order_history", ["order_id"])
    op.create_table(
        "order_items",
        sa.Column("id", BIG, nullable=False),
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("product_name", sa.String(length=100), nullable=False),
        sa.Column("quantity", BIG, nullable=False),
        sa.Column("price", PRICE, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "price >= 0 AND price <> 'NaN'",
            name=op.f("ck_order_items_price_not_negative"),
        ),
        sa.CheckConstraint(
            "quantity > 0", name=op.f("ck_order_items_quantity_positive")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
            name=op.f("fk_order_items_order_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_items")),
        sa.UniqueConstraint(
            "order_id", "product_id", name=op.f("uq_order_items_order_id_product_id")
        ),
    )
    op.create_table(
        "order_refunds",
        sa.Column("id", BIG, nullable=False),
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("payment_id", BIG, nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("n", BIG, nullable=False),
        sa.Column("amount", TOTAL, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("refund_id", BIG, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("items", sa.JSON(), nullable=True),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("next_check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "amount > 0 AND amount <> 'NaN'",
            name=op.f("ck_order_refunds_amount_positive"),
        ),
        sa.CheckConstraint(
            "reason IN ('cancelled', 'rejected', 'stock_gone', 'duplicate', "
            "'staff', 'direct')",
            name=op.f("ck_order_refunds_reason_known"),
        ),
        sa.CheckConstraint(
            "state IN ('requested', 'processed', 'failed')",
            name=op.f("ck_order_refunds_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
            name=op.f("fk_order_refunds_order_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_refunds")),
        sa.UniqueConstraint(
            "payment_id",
            "reason",
            "n",
            name=op.f("uq_order_refunds_payment_id_reason_n"),
        ),
        sa.UniqueConstraint("refund_id", name=op.f("uq_order_refunds_refund_id")),
    )
    op.create_index(op.f("ix_order_refunds_order_id"), "order_refunds", ["order_id"])
    op.create_index(
        "ix_order_refunds_next_check_at", "order_refunds", ["next_check_at"]
    )
    op.create_table(
        "stock_commands",
        sa.Column("id", BIG, nullable=False),
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("return_id", sa.String(length=100), nullable=True),
        sa.Column("items", sa.JSON(), nullable=True),
        sa.Column("answer", sa.String(length=100), nullable=True),
        sa.Column("next_check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("correlation_id", sa.String(length=128), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('release', 'release_final', 'restock')",
            name=op.f("ck_stock_commands_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'done', 'refused')",
            name=op.f("ck_stock_commands_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
            name=op.f("fk_stock_commands_order_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_commands")),
        sa.UniqueConstraint(
            "order_id", "return_id", name=op.f("uq_stock_commands_order_id_return_id")
        ),
    )
    op.create_index(
        "ix_stock_commands_next_check_at", "stock_commands", ["next_check_at"]
    )
    op.create_table(
        "dead_letters",
        sa.Column("id", BIG, nullable=False),
        sa.Column("message_id", sa.String(length=100), nullable=False),
        sa.Column("queue", sa.String(length=80), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("correlation_id", sa.String(length=128), nullable=False),
        sa.Column("receives", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state", sa.String(length=20), server_default="waiting", nullable=False
        ),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letters")),
        sa.UniqueConstraint("message_id", name=op.f("uq_dead_letters_message_id")),
    )
    op.create_index(op.f("ix_dead_letters_state"), "dead_letters", ["state"])


def downgrade():
    op.drop_index(op.f("ix_dead_letters_state"), "dead_letters")
    op.drop_table("dead_letters")
    op.drop_index("ix_stock_commands_next_check_at", "stock_commands")
    op.drop_table("stock_commands")
    op.drop_index("ix_order_refunds_next_check_at", "order_refunds")
    op.drop_index(op.f("ix_order_refunds_order_id"), "order_refunds")
    op.drop_table("order_refunds")
    op.drop_table("order_items")
    op.drop_index(op.f("ix_order_history_order_id"), "order_history")
    op.drop_table("order_history")
    op.drop_index(op.f("ix_quarantine_state"), "quarantine")
    op.drop_table("quarantine")
    op.drop_index(op.f("ix_outbox_subject"), "outbox")
    op.drop_index(op.f("ix_outbox_published_at"), "outbox")
    op.drop_index(op.f("ix_outbox_next_check_at"), "outbox")
    op.drop_table("outbox")
    op.drop_index("ix_orders_user_id_id", "orders")
    op.drop_index("ix_orders_total_price_id", "orders")
    op.drop_index("ix_orders_status_id", "orders")
    op.drop_index("ix_orders_next_check_at", "orders")
    op.drop_index("ix_orders_created_at_id", "orders")
    op.drop_table("orders")
    op.drop_table("dependencies")
    op.drop_index(op.f("ix_inbox_subject"), "inbox")
    op.drop_table("inbox")
    op.drop_table("idempotency_keys")
    op.drop_table("admin_sessions")
    op.drop_table("action_log")
