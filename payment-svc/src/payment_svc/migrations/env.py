"""How Alembic reaches this service's database."""

from chassis.migrations import run_env

run_env()
