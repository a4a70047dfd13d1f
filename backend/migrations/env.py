"""Alembic's way in: runs on the connection that the caller put into `config.attributes`, inside its transaction."""

from __future__ import annotations

from alembic import context

_given = context.config.attributes

context.configure(
    connection=_given["connection"],
    target_metadata=_given.get("target_metadata"),
    include_object=_given.get("include_object"),
    on_version_apply=_given.get("on_version_apply"),
    compare_type=True,
    compare_server_default=True,
)
context.run_migrations()
