"""Attempts to pay, disputes, and refunds that are sent despite a dispute."""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0004_attempts_and_disputes"
down_revision = "0003_plain_links"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MONEY = sa.Numeric(10, 2).with_variant(sa.BigInteger(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def text(name, length, nullable=True):
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def times():
    names = ("created_at", "updated_at")
    return [sa.Column(name, MOMENT, nullable=False) for name in names]


def upgrade():
    op.create_table(
        "payment_attempts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("payment_id", BIG, nullable=False),
        text("razorpay_payment_id", 255, nullable=False),
        text("status", 20, nullable=False),
        text("method", 40),
        text("bank", 80),
        text("wallet", 80),
        text("vpa_handle", 80),
        sa.Column("amount", MONEY, nullable=False),
        text("currency", 3, nullable=False),
        text("error_code", 80),
        text("error_reason", 80),
        text("error_step", 80),
        text("error_source", 80),
        text("error_description", 255),
        sa.Column("attempted_at", MOMENT, nullable=True),
        *times(),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payment.auditlog_ptr_id"],
            name="fk_payment_attempts_payment_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_payment_attempts"),
        sa.UniqueConstraint(
            "razorpay_payment_id", name="uq_payment_attempts_razorpay_payment_id"
        ),
    )
    op.create_index(
        "ix_payment_attempts_payment_id", "payment_attempts", ["payment_id"]
    )
    op.create_table(
        "disputes",
        sa.Column("id", BIG, nullable=False),
        text("razorpay_dispute_id", 255, nullable=False),
        sa.Column("payment_id", BIG, nullable=True),
        text("razorpay_payment_id", 255),
        text("phase", 40),
        text("status", 40),
        sa.Column("amount", MONEY, nullable=True),
        sa.Column("amount_deducted", MONEY, nullable=True),
        text("currency", 3),
        text("reason_code", 255),
        sa.Column("respond_by", MOMENT, nullable=True),
        sa.Column("opened_at", MOMENT, nullable=True),
        text("problem", 255),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_check_at", MOMENT, nullable=True),
        text("correlation_id", 128, nullable=False),
        *times(),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payment.auditlog_ptr_id"],
            name="fk_disputes_payment_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_disputes"),
        sa.UniqueConstraint(
            "razorpay_dispute_id", name="uq_disputes_razorpay_dispute_id"
        ),
    )
    for column in ("payment_id", "razorpay_payment_id", "next_check_at"):
        op.create_index(f"ix_disputes_{column}", "disputes", [column])
    op.create_table(
        "dispute_history",
        sa.Column("id", BIG, nullable=False),
        sa.Column("dispute_id", BIG, nullable=False),
        text("phase", 40, nullable=False),
        text("status", 40, nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("amount_deducted", MONEY, nullable=False),
        sa.Column("respond_by", MOMENT, nullable=True),
        text("actor", 100, nullable=False),
        text("correlation_id", 128, nullable=False),
        *times(),
        sa.ForeignKeyConstraint(
            ["dispute_id"],
            ["disputes.id"],
            name="fk_dispute_history_dispute_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_dispute_history"),
    )
    op.create_index("ix_dispute_history_dispute_id", "dispute_history", ["dispute_id"])
    op.add_column(
        "refunds",
        sa.Column(
            "despite_dispute", sa.Boolean(), nullable=False, server_default=sa.false()
        ),
    )


def downgrade():
    op.drop_column("refunds", "despite_dispute")
    op.drop_table("dispute_history")
    op.drop_table("disputes")
    op.drop_table("payment_attempts")
