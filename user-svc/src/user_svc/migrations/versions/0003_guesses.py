"""Counts of guesses, and the addresses from which users have signed in."""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0003_guesses"
down_revision = "0002_action_log"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _moment(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **options)


def upgrade():
    op.create_table(
        "guess_counts",
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        _moment("locked_until", nullable=True),
        _moment("tried_at", nullable=False),
        _moment("created_at", nullable=False),
        _moment("updated_at", nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_guess_counts")),
    )
    op.create_index(op.f("ix_guess_counts_tried_at"), "guess_counts", ["tried_at"])
    op.create_table(
        "known_addresses",
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        _moment("seen_at", nullable=False),
        _moment("created_at", nullable=False),
        _moment("updated_at", nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_known_addresses_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "address", name=op.f("pk_known_addresses")),
    )
    op.create_index(op.f("ix_known_addresses_seen_at"), "known_addresses", ["seen_at"])


def downgrade():
    op.drop_table("known_addresses")
    op.drop_table("guess_counts")
