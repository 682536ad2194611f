"""Dead letters and quarantined messages: decided on in the panel.

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-25 10:45:00.000000

"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    with op.batch_alter_table("quarantine") as table:
        table.add_column(
            sa.Column(
                "state", sa.String(length=20), server_default="waiting", nullable=False
            )
        )
        table.add_column(sa.Column("note", sa.String(length=500), nullable=True))
        table.create_index(op.f("ix_quarantine_state"), ["state"])
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
    with op.batch_alter_table("quarantine") as table:
        table.drop_index(op.f("ix_quarantine_state"))
        table.drop_column("note")
        table.drop_column("state")
