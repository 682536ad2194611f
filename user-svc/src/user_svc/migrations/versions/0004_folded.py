"""Names and addresses as searches compare them."""

import sqlalchemy as sa
from alembic import op

from chassis.folding import fold

# revision identifiers, used by Alembic.
revision = "0004_folded"
down_revision = "0003_guesses"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "users", sa.Column("folded", sa.Text(), server_default="", nullable=False)
    )
    connection = op.get_bind()
    users = sa.Table("users", sa.MetaData(), autoload_with=connection)
    rows = connection.execute(sa.select(users.c.id, users.c.name, users.c.email)).all()
    for row in rows:
        folded = f"{fold(row.name)}\n{fold(row.email)}"
        change = sa.update(users).where(users.c.id == row.id)
        connection.execute(change.values(folded=folded))


def downgrade():
    with op.batch_alter_table("users") as users:
        users.drop_column("folded")
