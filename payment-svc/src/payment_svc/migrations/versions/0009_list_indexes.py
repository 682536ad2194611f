"""Every sort of payments has an index that a cursor finds its place in."""

from alembic import op

# revision identifiers, used by Alembic.
revision = "0009_list_indexes"
down_revision = "0008_action_log"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_audit_log_created_at_id", "audit_log", ["created_at", "id"])
    op.create_index(
        "ix_payment_amount_auditlog_ptr_id", "payment", ["amount", "auditlog_ptr_id"]
    )


def downgrade():
    op.drop_index("ix_payment_amount_auditlog_ptr_id", "payment")
    op.drop_index("ix_audit_log_created_at_id", "audit_log")
