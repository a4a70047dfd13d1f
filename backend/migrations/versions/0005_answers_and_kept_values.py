"""Answers and kept values

It follows 0004_people_money_files.
"""
# pyright: reportUnknownArgumentType=false
# (a Column of postgresql.ENUM has no type that pyright knows)

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005_answers_and_kept_values"
down_revision: str | None = "0004_people_money_files"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_value",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("graph_id", sa.Text(), server_default=sa.text("''::text"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column(
            "updated_at",
            postgresql.TIMESTAMP(timezone=True, precision=3),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("kept_value_user_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "graph_id", "key", name=op.f("kept_value_pkey")),
    )
    op.add_column(
        "run", sa.Column("answer", postgresql.JSON(none_as_null=True, astext_type=sa.Text()), nullable=True)
    )
