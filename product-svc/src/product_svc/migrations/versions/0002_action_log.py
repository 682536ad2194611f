"""The action log has changes by API too: who, in which role, and how."""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0002_action_log"
down_revision = "0001_products"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ADDED = (("actor", 100, ""), ("role", 20, ""), ("source", 10, "panel"))
INDEXED = ("actor", "object_id", "correlation_id")


def upgrade():
    with op.batch_alter_table("action_log") as log:
        log.add_column(
            sa.Column("actor", sa.String(100), server_default="", nullable=False)
        )
        log.add_column(
            sa.Column("role", sa.String(20), server_default="", nullable=False)
        )
        log.add_column(
            sa.Column("source", sa.String(10), server_default="panel", nullable=False)
        )
        _resize(log, 40, 120)
        _allow_null(log, nullable=True)
    for name in INDEXED:
        op.create_index(f"ix_action_log_{name}", "action_log", [name])
    op.execute("UPDATE action_log SET actor = 'user:' || user_id")


def downgrade():
    op.execute("DELETE FROM action_log WHERE user_id IS NULL OR email IS NULL")
    op.execute("UPDATE action_log SET action = substr(action, 1, 40)")
    for name in INDEXED:
        op.drop_index(f"ix_action_log_{name}", "action_log")
    with op.batch_alter_table("action_log") as log:
        _allow_null(log, nullable=False)
        _resize(log, 120, 40)
        for name, _, _ in ADDED:
            log.drop_column(name)


def _resize(log, before, after):
    log.alter_column(
        "action",
        existing_type=sa.String(length=before),
        type_=sa.String(length=after),
        existing_nullable=False,
    )


def _allow_null(log, *, nullable):
    for name, kind in (("user_id", BIG), ("email", sa.String(length=254))):
        log.alter_column(
            name,
            existing_type=kind,
            existing_nullable=not nullable,
            nullable=nullable,
        )
