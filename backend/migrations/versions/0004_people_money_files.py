"""Who did what, files, money, drafts; and the indexes that lists of runs need.

It follows 0003_turns.
"""
# pyright: reportUnknownArgumentType=false
# (a Column of postgresql.ENUM has no type that pyright knows)

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004_people_money_files"
down_revision: str | None = "0003_turns"
branch_labels = None
depends_on = None

# Lists of runs that are looked for among many that are not: Prisma has no word for partial indexes.
PARTIAL_INDEXES = (
    "CREATE INDEX run_top ON run (user_id, id DESC) WHERE parent_run_id IS NULL",
    "CREATE INDEX run_below ON run (root_run_id) WHERE parent_run_id IS NOT NULL",
    "CREATE INDEX run_unusual ON run (user_id, status, id DESC) WHERE status <> 'completed'",
    "CREATE INDEX run_costly ON run (user_id, id DESC) WHERE cost_usd_micros > 0",
)
STORAGE = ("ALTER TABLE file_chunk ALTER COLUMN data SET STORAGE EXTERNAL",)


def upgrade() -> None:
    op.execute("CREATE TYPE budget_period AS ENUM ('day', 'month', 'total')")
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target_kind", sa.Text(), server_default=sa.text("''::text"), nullable=False),
        sa.Column("target_id", sa.Text(), server_default=sa.text("''::text"), nullable=False),
        sa.Column("address", sa.Text(), server_default=sa.text("''::text"), nullable=False),
        sa.Column(
            "detail",
            postgresql.JSON(astext_type=sa.Text()),
            server_default=sa.text("'{}'::json"),
            nullable=False,
        ),
        sa.Column(
            "at",
            postgresql.TIMESTAMP(timezone=True, precision=3),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("audit_entry_pkey")),
    )
    op.create_index("audit_entry_target_id_idx", "audit_entry", ["target_id"], unique=False)
    op.create_index(
        "audit_entry_user_id_id_idx", "audit_entry", ["user_id", sa.literal_column("id DESC")], unique=False
    )
    op.create_table(
        "charge",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root_run_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("graph_id", sa.Text(), nullable=False),
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("block_id", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), server_default=sa.text("''::text"), nullable=False),
        sa.Column("model", sa.Text(), server_default=sa.text("''::text"), nullable=False),
        sa.Column("what", sa.Text(), server_default=sa.text("''::text"), nullable=False),
        sa.Column("usd_micros", sa.BigInteger(), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True, precision=3), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "seq", name=op.f("charge_pkey")),
    )
    op.create_index("charge_graph_id_at_idx", "charge", ["graph_id", "at"], unique=False)
    op.create_index("charge_user_id_at_idx", "charge", ["user_id", "at"], unique=False)
    op.create_table(
        "reservation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("root_run_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("graph_id", sa.Text(), nullable=False),
        sa.Column("usd_micros", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True, precision=3),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("reservation_pkey")),
    )
    op.create_index("reservation_root_run_id_idx", "reservation", ["root_run_id"], unique=False)
    op.create_index("reservation_user_id_idx", "reservation", ["user_id"], unique=False)
    op.create_table(
        "budget",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("graph_id", sa.Text(), server_default=sa.text("''::text"), nullable=False),
        sa.Column(
            "period",
            postgresql.ENUM("day", "month", "total", name="budget_period", create_type=False),
            nullable=False,
        ),
        sa.Column("limit_usd_micros", sa.BigInteger(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True, precision=3),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            postgresql.TIMESTAMP(timezone=True, precision=3),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("budget_user_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("budget_pkey")),
        sa.UniqueConstraint("user_id", "graph_id", "period", name=op.f("budget_user_id_graph_id_period_key")),
    )
    op.create_table(
        "file",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True, precision=3),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "used_at",
            postgresql.TIMESTAMP(timezone=True, precision=3),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("file_user_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("file_pkey")),
    )
    op.create_index("file_run_id_idx", "file", ["run_id"], unique=False)
    op.create_index("file_user_id_id_idx", "file", ["user_id", sa.literal_column("id DESC")], unique=False)
    op.create_table(
        "file_chunk",
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["file.id"], name=op.f("file_chunk_file_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("file_id", "position", name=op.f("file_chunk_pkey")),
    )
    op.add_column("graph", sa.Column("published_version", sa.Integer(), nullable=True))
    op.add_column(
        "graph", sa.Column("draft", postgresql.JSON(none_as_null=True, astext_type=sa.Text()), nullable=True)
    )
    op.add_column(
        "graph", sa.Column("draft_revision", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column("graph", sa.Column("folder", sa.Text(), server_default=sa.text("''::text"), nullable=False))
    op.add_column(
        "graph",
        sa.Column(
            "tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
    )
    op.add_column("graph", sa.Column("retain_days", sa.Integer(), nullable=True))
    op.add_column(
        "graph", sa.Column("deleted_at", postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True)
    )
    op.add_column(
        "graph_version", sa.Column("name", sa.Text(), server_default=sa.text("''::text"), nullable=False)
    )
    op.add_column("graph_version", sa.Column("created_by", sa.Text(), nullable=True))
    op.drop_index(op.f("review_user_id_status_idx"), table_name="review")
    op.create_index(
        "review_user_id_status_created_at_idx", "review", ["user_id", "status", "created_at"], unique=False
    )
    op.add_column("run", sa.Column("from_run_id", sa.Text(), nullable=True))
    op.add_column("run", sa.Column("from_node_id", sa.Text(), nullable=True))
    op.add_column(
        "run",
        sa.Column(
            "labels", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
    )
    op.drop_index(op.f("run_graph_id_created_at_idx"), table_name="run")
    op.drop_index(op.f("run_parent_run_id_idx"), table_name="run")
    op.drop_index(op.f("run_user_id_created_at_idx"), table_name="run")
    op.create_index("run_graph_id_id_idx", "run", ["graph_id", sa.literal_column("id DESC")], unique=False)
    op.create_index(
        "run_parent_run_id_id_idx", "run", ["parent_run_id", sa.literal_column("id DESC")], unique=False
    )
    for statement in PARTIAL_INDEXES + STORAGE:
        op.get_bind().exec_driver_sql(statement)
