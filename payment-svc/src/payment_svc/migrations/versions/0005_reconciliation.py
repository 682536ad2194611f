"""Runs of the reconciliation with Razorpay's lists, and their drift."""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0005_reconciliation"
down_revision = "0004_attempts_and_disputes"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MONEY = sa.Numeric(10, 2).with_variant(sa.BigInteger(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
COUNTS = ("pages", "payments", "refunds", "disputes", "drift", "unexplained")
STATES = ("planned", "running", "finished")
LISTINGS = ("payments", "refunds", "disputes")
FEES = ("fee", "tax")
INDEXES = (
    ("payment_attempts", "attempted_at"),
    ("refunds", "razorpay_payment_id"),
)


def text(name, length, nullable=False):
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def moment(name, nullable=False):
    return sa.Column(name, MOMENT, nullable=nullable)


def among(name, words):
    quoted = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(
        f"{name} IN ({quoted})", name=op.f(f"ck_reconciliation_runs_{name}_known")
    )


def upgrade():
    op.add_column("payment_attempts", moment("listed_at", nullable=True))
    for name in FEES:
        op.add_column("payment_attempts", sa.Column(name, MONEY, nullable=True))
    for table, column in INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_table(
        "reconciliation_runs",
        sa.Column("id", BIG, nullable=False),
        moment("since"),
        moment("until"),
        sa.Column("is_nightly", sa.Boolean(), nullable=False),
        text("state", 20),
        moment("started_at", nullable=True),
        moment("finished_at", nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        text("detail", 255, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        moment("next_check_at", nullable=True),
        text("listing", 20),
        moment("window_since"),
        sa.Column("skip", sa.Integer(), nullable=False),
        text("first_id", 255, nullable=True),
        moment("created_at"),
        moment("updated_at"),
        among("state", STATES),
        among("listing", LISTINGS),
        sa.PrimaryKeyConstraint("id", name="pk_reconciliation_runs"),
    )
    for column in ("finished_at", "next_check_at"):
        op.create_index(
            f"ix_reconciliation_runs_{column}", "reconciliation_runs", [column]
        )
    unfinished = sa.text("is_nightly AND state != 'finished'")
    op.create_index(
        "uq_reconciliation_runs_nightly",
        "reconciliation_runs",
        ["is_nightly"],
        unique=True,
        sqlite_where=unfinished,
        postgresql_where=unfinished,
    )
    op.create_table(
        "reconciliation_drift",
        sa.Column("id", BIG, nullable=False),
        sa.Column("run_id", BIG, nullable=False),
        text("kind", 20),
        text("razorpay_id", 255),
        sa.Column("payment_id", BIG, nullable=True),
        text("ours", 255),
        text("theirs", 255),
        text("done", 80),
        moment("created_at"),
        moment("updated_at"),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["reconciliation_runs.id"],
            name="fk_reconciliation_drift_run_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payment.auditlog_ptr_id"],
            name="fk_reconciliation_drift_payment_id",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reconciliation_drift"),
        sa.UniqueConstraint(
            "run_id",
            "kind",
            "razorpay_id",
            name="uq_reconciliation_drift_run_id_kind_razorpay_id",
        ),
    )
    for column in ("payment_id", "razorpay_id"):
        op.create_index(
            f"ix_reconciliation_drift_{column}", "reconciliation_drift", [column]
        )


def downgrade():
    op.drop_table("reconciliation_drift")
    op.drop_table("reconciliation_runs")
    for table, column in INDEXES:
        op.drop_index(f"ix_{table}_{column}", table)
    for name in ("listed_at", *FEES):
        op.drop_column("payment_attempts", name)
