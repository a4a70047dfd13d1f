"""Alembic: how a database of any earlier version becomes one of today. `data/migrate.py` runs it."""
