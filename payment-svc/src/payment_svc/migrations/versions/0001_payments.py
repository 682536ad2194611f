"""Payments, refunds and webhooks, and the chassis tables."""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0001_payments"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        "action_log",
        sa.Column("id", BIG, nullable=False),
        sa.Column(
            "user_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
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
        sa.Column(
            "user_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
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
        "audit_log",
        sa.Column("id", BIG, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("id", BIG, nullable=False),
        sa.Column("caller", sa.String(length=100), nullable=False),
        sa.Column("route", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "resource_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
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
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inbox_subject"), ["subject"], unique=False)

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
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_outbox_next_check_at"), ["next_check_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_outbox_published_at"), ["published_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_outbox_subject"), ["subject"], unique=False
        )

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
        "payment",
        sa.Column(
            "auditlog_ptr_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("order_id", sa.String(length=255), nullable=False),
        sa.Column("razorpay_order_id", sa.String(length=255), nullable=True),
        sa.Column("razorpay_payment_id", sa.String(length=255), nullable=True),
        sa.Column("razorpay_payment_link_id", sa.String(length=255), nullable=True),
        sa.Column("razorpay_short_url", sa.String(length=255), nullable=True),
        sa.Column(
            "amount",
            sa.Numeric(10, 2).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("status", sa.String(length=50), nullable=False),
        sa.Column("receipt", sa.String(length=255), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column(
            "extra_of",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "user_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("customer_name", sa.String(length=100), nullable=False),
        sa.Column("customer_email", sa.String(length=254), nullable=False),
        sa.Column("customer_phone", sa.String(length=20), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing_reason", sa.String(length=20), nullable=True),
        sa.Column(
            "captured_amount",
            sa.Numeric(10, 2).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column("captured_currency", sa.String(length=3), nullable=True),
        sa.Column(
            "amount_refunded",
            sa.Numeric(10, 2).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("is_accepted", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("republish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("correlation_id", sa.String(length=128), nullable=False),
        sa.CheckConstraint(
            "amount > 0 AND amount <> 'NaN'", name=op.f("ck_payment_amount_positive")
        ),
        sa.CheckConstraint(
            "kind = 'PRIMARY' OR extra_of IS NOT NULL",
            name=op.f("ck_payment_extra_of_something"),
        ),
        sa.CheckConstraint(
            "kind IN ('PRIMARY', 'EXTRA')", name=op.f("ck_payment_kind_known")
        ),
        sa.CheckConstraint(
            "state <> 'captured' OR razorpay_payment_id IS NOT NULL",
            name=op.f("ck_payment_captured_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('created', 'issued', 'closing', 'closed', "
            "'captured', 'under_review')",
            name=op.f("ck_payment_state_known"),
        ),
        sa.CheckConstraint(
            "status IN ('PENDING', 'COMPLETED', 'FAILED', 'EXPIRED', "
            "'CANCELLED', 'PARTIALLY_REFUNDED', 'REFUNDED')",
            name=op.f("ck_payment_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["auditlog_ptr_id"],
            ["audit_log.id"],
            name=op.f("fk_payment_auditlog_ptr_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["extra_of"],
            ["payment.auditlog_ptr_id"],
            name=op.f("fk_payment_extra_of"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("auditlog_ptr_id", name=op.f("pk_payment")),
        sa.UniqueConstraint(
            "razorpay_order_id", name=op.f("uq_payment_razorpay_order_id")
        ),
        sa.UniqueConstraint(
            "razorpay_payment_id", name=op.f("uq_payment_razorpay_payment_id")
        ),
        sa.UniqueConstraint(
            "razorpay_payment_link_id", name=op.f("uq_payment_razorpay_payment_link_id")
        ),
        sa.UniqueConstraint(
            "razorpay_short_url", name=op.f("uq_payment_razorpay_short_url")
        ),
        sa.UniqueConstraint("receipt", name=op.f("uq_payment_receipt")),
    )
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payment_republish_at"), ["republish_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_payment_extra_of"), ["extra_of"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_payment_next_check_at"), ["next_check_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_payment_order_id"), ["order_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_payment_user_id"), ["user_id"], unique=False
        )
        batch_op.create_index(
            "uq_payment_primary_order_id",
            ["order_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'PRIMARY'"),
            postgresql_where=sa.text("kind = 'PRIMARY'"),
        )

    op.create_table(
        "payment_history",
        sa.Column("id", BIG, nullable=False),
        sa.Column(
            "payment_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("from_state", sa.String(length=20), nullable=True),
        sa.Column("to_state", sa.String(length=20), nullable=False),
        sa.Column("trigger", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("correlation_id", sa.String(length=128), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payment.auditlog_ptr_id"],
            name=op.f("fk_payment_history_payment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_history")),
    )
    with op.batch_alter_table("payment_history", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payment_history_payment_id"), ["payment_id"], unique=False
        )

    op.create_table(
        "refunds",
        sa.Column("id", BIG, nullable=False),
        sa.Column(
            "payment_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("idempotency_key", sa.String(length=36), nullable=False),
        sa.Column("razorpay_payment_id", sa.String(length=255), nullable=True),
        sa.Column("razorpay_refund_id", sa.String(length=255), nullable=True),
        sa.Column(
            "amount",
            sa.Numeric(10, 2).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=255), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.String(length=255), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("republish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("correlation_id", sa.String(length=128), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "amount > 0 AND amount <> 'NaN'", name=op.f("ck_refunds_amount_positive")
        ),
        sa.CheckConstraint(
            "reason IN ('cancelled', 'rejected', 'stock_gone', "
            "'duplicate', 'staff', 'direct', 'suspect')",
            name=op.f("ck_refunds_reason_known"),
        ),
        sa.CheckConstraint(
            "state IN ('requested', 'sent', 'pending', 'processed', 'failed')",
            name=op.f("ck_refunds_state_known"),
        ),
        sa.CheckConstraint("n > 0", name=op.f("ck_refunds_n_positive")),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payment.auditlog_ptr_id"],
            name=op.f("fk_refunds_payment_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_refunds_idempotency_key")),
        sa.UniqueConstraint("key", name=op.f("uq_refunds_key")),
        sa.UniqueConstraint(
            "razorpay_refund_id", name=op.f("uq_refunds_razorpay_refund_id")
        ),
    )
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_refunds_republish_at"), ["republish_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_refunds_next_check_at"), ["next_check_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_refunds_payment_id"), ["payment_id"], unique=False
        )

    op.create_table(
        "webhook_events",
        sa.Column("id", BIG, nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("natural_key", sa.String(length=200), nullable=True),
        sa.Column("event", sa.String(length=80), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column(
            "payment_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("result", sa.String(length=80), nullable=True),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("correlation_id", sa.String(length=128), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payment.auditlog_ptr_id"],
            name=op.f("fk_webhook_events_payment_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_events")),
        sa.UniqueConstraint("event_id", name=op.f("uq_webhook_events_event_id")),
        sa.UniqueConstraint("natural_key", name=op.f("uq_webhook_events_natural_key")),
        sa.UniqueConstraint("sha256", name=op.f("uq_webhook_events_sha256")),
    )
    with op.batch_alter_table("webhook_events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_webhook_events_payment_id"), ["payment_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_webhook_events_next_check_at"),
            ["next_check_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_webhook_events_processed_at"), ["processed_at"], unique=False
        )

    op.create_table(
        "refund_history",
        sa.Column("id", BIG, nullable=False),
        sa.Column(
            "refund_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("from_state", sa.String(length=20), nullable=True),
        sa.Column("to_state", sa.String(length=20), nullable=False),
        sa.Column("trigger", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("correlation_id", sa.String(length=128), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["refund_id"],
            ["refunds.id"],
            name=op.f("fk_refund_history_refund_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_history")),
    )
    with op.batch_alter_table("refund_history", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_refund_history_refund_id"), ["refund_id"], unique=False
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
    with op.batch_alter_table("refund_history", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refund_history_refund_id"))

    op.drop_table("refund_history")
    with op.batch_alter_table("webhook_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webhook_events_processed_at"))
        batch_op.drop_index(batch_op.f("ix_webhook_events_next_check_at"))
        batch_op.drop_index(batch_op.f("ix_webhook_events_payment_id"))

    op.drop_table("webhook_events")
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refunds_payment_id"))
        batch_op.drop_index(batch_op.f("ix_refunds_next_check_at"))
        batch_op.drop_index(batch_op.f("ix_refunds_republish_at"))

    op.drop_table("refunds")
    with op.batch_alter_table("payment_history", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_history_payment_id"))

    op.drop_table("payment_history")
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_payment_primary_order_id",
            sqlite_where=sa.text("kind = 'PRIMARY'"),
            postgresql_where=sa.text("kind = 'PRIMARY'"),
        )
        batch_op.drop_index(batch_op.f("ix_payment_user_id"))
        batch_op.drop_index(batch_op.f("ix_payment_order_id"))
        batch_op.drop_index(batch_op.f("ix_payment_next_check_at"))
        batch_op.drop_index(batch_op.f("ix_payment_extra_of"))
        batch_op.drop_index(batch_op.f("ix_payment_republish_at"))

    op.drop_table("payment")
    op.drop_index(op.f("ix_quarantine_state"), "quarantine")
    op.drop_table("quarantine")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_subject"))
        batch_op.drop_index(batch_op.f("ix_outbox_published_at"))
        batch_op.drop_index(batch_op.f("ix_outbox_next_check_at"))

    op.drop_table("outbox")
    op.drop_table("dependencies")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inbox_subject"))

    op.drop_table("inbox")
    op.drop_table("idempotency_keys")
    op.drop_table("audit_log")
    op.drop_table("admin_sessions")
    op.drop_table("action_log")
