"""Events from outside

It follows 0005_answers_and_kept_values.
"""
# pyright: reportUnknownArgumentType=false
# (a Column of postgresql.ENUM has no type that pyright knows)

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_events_from_outside"
down_revision: str | None = "0005_answers_and_kept_values"
branch_labels = None
depends_on = None


# What few rows are: Prisma has no word for partial indexes.
PARTIAL_INDEXES = (
    "CREATE INDEX webhook_unsettled ON webhook (next_attempt_at) WHERE state IN ('pending', 'removing')",
)


def upgrade() -> None:
    op.execute(
        "CREATE TYPE credential_kind AS ENUM ('api_key', 'oauth2', 'user_password', 'host_scoped', 'custom')"
    )
    op.execute("CREATE TYPE credential_state AS ENUM ('ok', 'reconnect')")
    op.execute("CREATE TYPE webhook_state AS ENUM ('active', 'pending', 'failed', 'removing')")
    op.execute("CREATE TYPE delivery_state AS ENUM ('started', 'ignored', 'failed')")
    op.execute("CREATE TYPE schedule_overlap AS ENUM ('skip', 'queue', 'allow')")
    op.create_table(
        "delivery",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("webhook_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=True),
        sa.Column("event_type", sa.Text(), server_default=sa.text("''::text"), nullable=False),
        sa.Column(
            "headers",
            postgresql.JSON(astext_type=sa.Text()),
            server_default=sa.text("'{}'::json"),
            nullable=False,
        ),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("is_test", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "state",
            postgresql.ENUM("started", "ignored", "failed", name="delivery_state", create_type=False),
            server_default=sa.text("'started'::delivery_state"),
            nullable=False,
        ),
        sa.Column("problem", sa.Text(), server_default=sa.text("''::text"), nullable=False),
        sa.Column(
            "run_ids", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column("replay_of", sa.Text(), nullable=True),
        sa.Column(
            "received_at",
            postgresql.TIMESTAMP(timezone=True, precision=3),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("delivery_pkey")),
        sa.UniqueConstraint("webhook_id", "event_id", name=op.f("delivery_webhook_id_event_id_key")),
    )
    op.create_index(
        "delivery_webhook_id_id_idx", "delivery", ["webhook_id", sa.literal_column("id DESC")], unique=False
    )
    op.create_table(
        "credential",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            postgresql.ENUM(
                "api_key",
                "oauth2",
                "user_password",
                "host_scoped",
                "custom",
                name="credential_kind",
                create_type=False,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column(
            "scopes", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column("username", sa.Text(), nullable=True),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column(
            "detail",
            postgresql.JSON(astext_type=sa.Text()),
            server_default=sa.text("'{}'::json"),
            nullable=False,
        ),
        sa.Column(
            "state",
            postgresql.ENUM("ok", "reconnect", name="credential_state", create_type=False),
            server_default=sa.text("'ok'::credential_state"),
            nullable=False,
        ),
        sa.Column("problem", sa.Text(), server_default=sa.text("''::text"), nullable=False),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True),
        sa.Column("refresh_expires_at", postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True),
        sa.Column("account", postgresql.JSON(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("revision", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("leased_by", sa.Text(), nullable=True),
        sa.Column("leased_until", postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True),
        sa.Column("tested_at", postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True),
        sa.Column("used_at", postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True),
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
            ["user_id"], ["users.id"], name=op.f("credential_user_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("credential_pkey")),
    )
    op.create_index("credential_user_id_provider_idx", "credential", ["user_id", "provider"], unique=False)
    op.create_table(
        "oauth_login",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("session_hash", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column(
            "scopes", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column("title", sa.Text(), server_default=sa.text("''::text"), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=True),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("return_to", sa.Text(), server_default=sa.text("''::text"), nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True, precision=3),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True, precision=3), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("oauth_login_user_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("oauth_login_pkey")),
    )
    op.create_index("oauth_login_user_id_idx", "oauth_login", ["user_id"], unique=False)
    op.create_table(
        "poll",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("graph_id", sa.Text(), nullable=False),
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("block_id", sa.Text(), nullable=False),
        sa.Column("graph_version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_live", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("interval_s", sa.Double(), nullable=False),
        sa.Column("cursor", postgresql.JSON(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column(
            "next_at",
            postgresql.TIMESTAMP(timezone=True, precision=3),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("leased_until", postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("problem", sa.Text(), server_default=sa.text("''::text"), nullable=False),
        sa.Column("polled_at", postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True),
        sa.Column("emitted_at", postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True),
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
            ["user_id"], ["users.id"], name=op.f("poll_user_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("poll_pkey")),
        sa.UniqueConstraint("graph_id", "node_id", name=op.f("poll_graph_id_node_id_key")),
    )
    op.create_index("poll_next_at_idx", "poll", ["next_at"], unique=False)
    op.create_index("poll_user_id_idx", "poll", ["user_id"], unique=False)
    op.create_table(
        "schedule",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("graph_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default=sa.text("''::text"), nullable=False),
        sa.Column("cron", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), server_default=sa.text("'UTC'::text"), nullable=False),
        sa.Column(
            "inputs",
            postgresql.JSON(astext_type=sa.Text()),
            server_default=sa.text("'{}'::json"),
            nullable=False,
        ),
        sa.Column(
            "overlap",
            postgresql.ENUM("skip", "queue", "allow", name="schedule_overlap", create_type=False),
            server_default=sa.text("'skip'::schedule_overlap"),
            nullable=False,
        ),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("next_at", postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True),
        sa.Column("last_at", postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True),
        sa.Column("last_run_id", sa.Text(), nullable=True),
        sa.Column("last_outcome", sa.Text(), server_default=sa.text("''::text"), nullable=False),
        sa.Column("missed", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("problem", sa.Text(), server_default=sa.text("''::text"), nullable=False),
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
            ["user_id"], ["users.id"], name=op.f("schedule_user_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("schedule_pkey")),
    )
    op.create_index("schedule_graph_id_idx", "schedule", ["graph_id"], unique=False)
    op.create_index("schedule_next_at_idx", "schedule", ["next_at"], unique=False)
    op.create_index(
        "schedule_user_id_id_idx", "schedule", ["user_id", sa.literal_column("id DESC")], unique=False
    )
    op.create_table(
        "webhook",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("webhook_type", sa.Text(), server_default=sa.text("''::text"), nullable=False),
        sa.Column("title", sa.Text(), server_default=sa.text("''::text"), nullable=False),
        sa.Column("is_automatic", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_kept", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("resource", sa.Text(), server_default=sa.text("''::text"), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=True),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column(
            "config",
            postgresql.JSON(astext_type=sa.Text()),
            server_default=sa.text("'{}'::json"),
            nullable=False,
        ),
        sa.Column(
            "wanted_events",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'::text[]"),
            nullable=False,
        ),
        sa.Column(
            "registered_events",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'::text[]"),
            nullable=False,
        ),
        sa.Column("provider_webhook_id", sa.Text(), server_default=sa.text("''::text"), nullable=False),
        sa.Column(
            "state",
            postgresql.ENUM(
                "active", "pending", "failed", "removing", name="webhook_state", create_type=False
            ),
            server_default=sa.text("'active'::webhook_state"),
            nullable=False,
        ),
        sa.Column("problem", sa.Text(), server_default=sa.text("''::text"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_attempt_at", postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True),
        sa.Column("leased_until", postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True),
        sa.Column("introduced_at", postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True),
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
            ["user_id"], ["users.id"], name=op.f("webhook_user_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("webhook_pkey")),
    )
    op.create_index(
        "webhook_user_id_id_idx", "webhook", ["user_id", sa.literal_column("id DESC")], unique=False
    )
    op.create_index(
        "webhook_user_id_provider_resource_idx", "webhook", ["user_id", "provider", "resource"], unique=False
    )
    op.create_table(
        "poll_seen",
        sa.Column("poll_id", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column(
            "seen_at",
            postgresql.TIMESTAMP(timezone=True, precision=3),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["poll.id"], name=op.f("poll_seen_poll_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("poll_id", "record_id", name=op.f("poll_seen_pkey")),
    )
    op.create_table(
        "trigger",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("graph_id", sa.Text(), nullable=False),
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("block_id", sa.Text(), nullable=False),
        sa.Column("webhook_id", sa.Text(), nullable=False),
        sa.Column(
            "events", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column("graph_version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_live", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("answer_within_s", sa.Double(), nullable=True),
        sa.Column("listening_until", postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True),
        sa.Column("test_version", sa.Integer(), nullable=True),
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
            ["webhook_id"], ["webhook.id"], name=op.f("trigger_webhook_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("trigger_pkey")),
        sa.UniqueConstraint("graph_id", "node_id", name=op.f("trigger_graph_id_node_id_key")),
    )
    op.create_index("trigger_user_id_idx", "trigger", ["user_id"], unique=False)
    op.create_index("trigger_webhook_id_idx", "trigger", ["webhook_id"], unique=False)
    for statement in PARTIAL_INDEXES:
        op.get_bind().exec_driver_sql(statement)
