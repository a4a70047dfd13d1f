"""The tables of schema.prisma; generated from schema.prisma by make gen; do not edit."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

# The names that PostgreSQL and Prisma give by themselves.
metadata = sa.MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    }
)

ROLE = sa.Enum("owner", "editor", "viewer", name="role", metadata=metadata)

RUN_STATUS = sa.Enum(
    "queued",
    "running",
    "waiting",
    "completed",
    "completed_with_errors",
    "failed",
    "cancelled",
    name="run_status",
    metadata=metadata,
)

REVIEW_STATUS = sa.Enum("open", "approved", "rejected", "withdrawn", name="review_status", metadata=metadata)

BUDGET_PERIOD = sa.Enum("day", "month", "total", name="budget_period", metadata=metadata)

CREDENTIAL_KIND = sa.Enum(
    "api_key", "oauth2", "user_password", "host_scoped", "custom", name="credential_kind", metadata=metadata
)

CREDENTIAL_STATE = sa.Enum("ok", "reconnect", name="credential_state", metadata=metadata)

WEBHOOK_STATE = sa.Enum("active", "pending", "failed", "removing", name="webhook_state", metadata=metadata)

DELIVERY_STATE = sa.Enum("started", "ignored", "failed", name="delivery_state", metadata=metadata)

SCHEDULE_OVERLAP = sa.Enum("skip", "queue", "allow", name="schedule_overlap", metadata=metadata)


class SettingColumns(sa.TypedColumns):
    """One value that belongs to the installation: the hash of the setup token, the key canary."""

    key: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    value: sa.Named[Any] = sa.Column(postgresql.JSON(), nullable=False)
    updated_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )


setting = sa.Table("setting", metadata, SettingColumns, sa.PrimaryKeyConstraint("key"))


class UserColumns(sa.TypedColumns):
    """The columns of users."""

    id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    email: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    name: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    password_hash: sa.Named[str | None] = sa.Column(sa.Text(), nullable=True)
    role: sa.Named[str] = sa.Column(ROLE, server_default=sa.text("'editor'::role"), nullable=False)
    is_active: sa.Named[bool] = sa.Column(sa.Boolean(), server_default=sa.text("true"), nullable=False)
    created_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )


users = sa.Table("users", metadata, UserColumns, sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("email"))


class LoginSessionColumns(sa.TypedColumns):
    """A browser that is logged in. The id is the SHA-256 of the cookie."""

    id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    user_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    created_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )
    expires_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), nullable=False
    )


login_session = sa.Table(
    "login_session",
    metadata,
    LoginSessionColumns,
    sa.PrimaryKeyConstraint("id"),
    sa.Index("login_session_user_id_idx", "user_id"),
    sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
)


class ApiKeyColumns(sa.TypedColumns):
    """The columns of api_key."""

    id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    user_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    name: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    secret_hash: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    scopes: sa.Named[list[str]] = sa.Column(postgresql.ARRAY(sa.Text()), nullable=False)
    created_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )
    expires_at: sa.Named[dt.datetime | None] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True
    )
    last_used_at: sa.Named[dt.datetime | None] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True
    )


api_key = sa.Table(
    "api_key",
    metadata,
    ApiKeyColumns,
    sa.PrimaryKeyConstraint("id"),
    sa.UniqueConstraint("secret_hash"),
    sa.Index("api_key_user_id_idx", "user_id"),
    sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
)


class GraphColumns(sa.TypedColumns):
    """`draft` is what somebody is composing; `draft_revision` rises with every change of it. A deleted graph is kept as long as runs of it are, which need its versions to be read."""

    id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    user_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    name: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    description: sa.Named[str] = sa.Column(sa.Text(), server_default=sa.text("''::text"), nullable=False)
    latest_version: sa.Named[int] = sa.Column(sa.Integer(), server_default=sa.text("0"), nullable=False)
    published_version: sa.Named[int | None] = sa.Column(sa.Integer(), nullable=True)
    draft: sa.Named[Any | None] = sa.Column(postgresql.JSON(none_as_null=True), nullable=True)
    draft_revision: sa.Named[int] = sa.Column(sa.Integer(), server_default=sa.text("0"), nullable=False)
    folder: sa.Named[str] = sa.Column(sa.Text(), server_default=sa.text("''::text"), nullable=False)
    tags: sa.Named[list[str]] = sa.Column(
        postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
    )
    retain_days: sa.Named[int | None] = sa.Column(sa.Integer(), nullable=True)
    created_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )
    updated_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )
    deleted_at: sa.Named[dt.datetime | None] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True
    )


graph = sa.Table(
    "graph",
    metadata,
    GraphColumns,
    sa.PrimaryKeyConstraint("id"),
    sa.Index("graph_user_id_updated_at_idx", "user_id", sa.text("updated_at DESC")),
    sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
)


class GraphVersionColumns(sa.TypedColumns):
    """A graph as it was saved; only its name may change afterwards. `digest` finds an identical one."""

    graph_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    version: sa.Named[int] = sa.Column(sa.Integer(), autoincrement=False, nullable=False)
    name: sa.Named[str] = sa.Column(sa.Text(), server_default=sa.text("''::text"), nullable=False)
    definition: sa.Named[Any] = sa.Column(postgresql.JSON(), nullable=False)
    digest: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    created_by: sa.Named[str | None] = sa.Column(sa.Text(), nullable=True)
    created_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )


graph_version = sa.Table(
    "graph_version",
    metadata,
    GraphVersionColumns,
    sa.PrimaryKeyConstraint("graph_id", "version"),
    sa.ForeignKeyConstraint(["graph_id"], ["graph.id"], ondelete="CASCADE"),
)


class RunColumns(sa.TypedColumns):
    """One execution of a graph version. `epoch` is the fence: it rises whenever a worker takes the run, and nothing is written for an older one. `from_run_id` is the run whose results it takes over: all that stand before `from_node_id`, or all but the failed ones when that is null."""

    id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    user_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    graph_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    graph_version: sa.Named[int] = sa.Column(sa.Integer(), nullable=False)
    status: sa.Named[str] = sa.Column(RUN_STATUS, nullable=False)
    epoch: sa.Named[int] = sa.Column(sa.Integer(), server_default=sa.text("0"), nullable=False)
    worker_id: sa.Named[str | None] = sa.Column(sa.Text(), nullable=True)
    parent_run_id: sa.Named[str | None] = sa.Column(sa.Text(), nullable=True)
    parent_node_id: sa.Named[str | None] = sa.Column(sa.Text(), nullable=True)
    parent_firing: sa.Named[int | None] = sa.Column(sa.Integer(), nullable=True)
    root_run_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    from_run_id: sa.Named[str | None] = sa.Column(sa.Text(), nullable=True)
    from_node_id: sa.Named[str | None] = sa.Column(sa.Text(), nullable=True)
    labels: sa.Named[list[str]] = sa.Column(
        postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
    )
    inputs: sa.Named[Any] = sa.Column(postgresql.JSON(), nullable=False)
    options: sa.Named[Any] = sa.Column(
        postgresql.JSON(), server_default=sa.text("'{}'::json"), nullable=False
    )
    idempotency_key: sa.Named[str | None] = sa.Column(sa.Text(), nullable=True)
    cancel_requested_at: sa.Named[dt.datetime | None] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True
    )
    wake_at: sa.Named[dt.datetime | None] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True
    )
    summary: sa.Named[Any | None] = sa.Column(postgresql.JSON(none_as_null=True), nullable=True)
    answer: sa.Named[Any | None] = sa.Column(postgresql.JSON(none_as_null=True), nullable=True)
    cost_usd_micros: sa.Named[int] = sa.Column(
        sa.BigInteger(), server_default=sa.text("'0'::bigint"), nullable=False
    )
    created_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )
    started_at: sa.Named[dt.datetime | None] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True
    )
    ended_at: sa.Named[dt.datetime | None] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True
    )


run = sa.Table(
    "run",
    metadata,
    RunColumns,
    sa.PrimaryKeyConstraint("id"),
    sa.Index("run_graph_id_id_idx", "graph_id", sa.text("id DESC")),
    sa.Index("run_parent_run_id_id_idx", "parent_run_id", sa.text("id DESC")),
    sa.UniqueConstraint("user_id", "idempotency_key"),
    sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
    sa.ForeignKeyConstraint(["parent_run_id"], ["run.id"], ondelete="CASCADE"),
)


class RunEventColumns(sa.TypedColumns):
    """The journal: one row is one run's part of one commit, with the events `seq` to `seq + count - 1`."""

    run_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    seq: sa.Named[int] = sa.Column(sa.Integer(), autoincrement=False, nullable=False)
    count: sa.Named[int] = sa.Column(sa.Integer(), nullable=False)
    epoch: sa.Named[int] = sa.Column(sa.Integer(), nullable=False)
    at: sa.Named[dt.datetime] = sa.Column(postgresql.TIMESTAMP(timezone=True, precision=3), nullable=False)
    events: sa.Named[Any] = sa.Column(postgresql.JSON(), nullable=False)


run_event = sa.Table(
    "run_event",
    metadata,
    RunEventColumns,
    sa.PrimaryKeyConstraint("run_id", "seq"),
    sa.ForeignKeyConstraint(["run_id"], ["run.id"], ondelete="CASCADE"),
)


class BlobColumns(sa.TypedColumns):
    """A value too large for the journal."""

    id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    user_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    run_id: sa.Named[str | None] = sa.Column(sa.Text(), nullable=True)
    size_bytes: sa.Named[int] = sa.Column(sa.BigInteger(), nullable=False)
    data: sa.Named[bytes] = sa.Column(sa.LargeBinary(), nullable=False)
    created_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )


blob = sa.Table(
    "blob",
    metadata,
    BlobColumns,
    sa.PrimaryKeyConstraint("id"),
    sa.Index("blob_run_id_idx", "run_id"),
    sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
)


class KeptValueColumns(sa.TypedColumns):
    """What blocks keep beyond their runs, for one graph or (`graph_id` empty) for all graphs of a user."""

    user_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    graph_id: sa.Named[str] = sa.Column(sa.Text(), server_default=sa.text("''::text"), nullable=False)
    key: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    value: sa.Named[Any] = sa.Column(postgresql.JSON(), nullable=False)
    size_bytes: sa.Named[int] = sa.Column(sa.Integer(), nullable=False)
    updated_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )


kept_value = sa.Table(
    "kept_value",
    metadata,
    KeptValueColumns,
    sa.PrimaryKeyConstraint("user_id", "graph_id", "key"),
    sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
)


class FileColumns(sa.TypedColumns):
    """A file: what was uploaded, or what a run made (`run_id`). Values name it as `file:<id>`."""

    id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    user_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    run_id: sa.Named[str | None] = sa.Column(sa.Text(), nullable=True)
    name: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    media_type: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    size_bytes: sa.Named[int] = sa.Column(sa.BigInteger(), nullable=False)
    sha256: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    created_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )
    used_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )


file = sa.Table(
    "file",
    metadata,
    FileColumns,
    sa.PrimaryKeyConstraint("id"),
    sa.Index("file_user_id_id_idx", "user_id", sa.text("id DESC")),
    sa.Index("file_run_id_idx", "run_id"),
    sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
)


class FileChunkColumns(sa.TypedColumns):
    """The columns of file_chunk."""

    file_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    position: sa.Named[int] = sa.Column(sa.Integer(), autoincrement=False, nullable=False)
    data: sa.Named[bytes] = sa.Column(sa.LargeBinary(), nullable=False)


file_chunk = sa.Table(
    "file_chunk",
    metadata,
    FileChunkColumns,
    sa.PrimaryKeyConstraint("file_id", "position"),
    sa.ForeignKeyConstraint(["file_id"], ["file.id"], ondelete="CASCADE"),
)


class ChargeColumns(sa.TypedColumns):
    """What a firing has cost; written with the `charged` event `seq` of its run, and kept when the journal is pruned. `graph_id` is the graph of the run at the top."""

    run_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    seq: sa.Named[int] = sa.Column(sa.Integer(), autoincrement=False, nullable=False)
    root_run_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    user_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    graph_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    node_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    block_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    provider: sa.Named[str] = sa.Column(sa.Text(), server_default=sa.text("''::text"), nullable=False)
    model: sa.Named[str] = sa.Column(sa.Text(), server_default=sa.text("''::text"), nullable=False)
    what: sa.Named[str] = sa.Column(sa.Text(), server_default=sa.text("''::text"), nullable=False)
    usd_micros: sa.Named[int] = sa.Column(sa.BigInteger(), nullable=False)
    at: sa.Named[dt.datetime] = sa.Column(postgresql.TIMESTAMP(timezone=True, precision=3), nullable=False)


charge = sa.Table(
    "charge",
    metadata,
    ChargeColumns,
    sa.PrimaryKeyConstraint("run_id", "seq"),
    sa.Index("charge_user_id_at_idx", "user_id", "at"),
    sa.Index("charge_graph_id_at_idx", "graph_id", "at"),
)


class ReservationColumns(sa.TypedColumns):
    """Money that a firing at work may spend; gone when it has settled. `graph_id` as in `charge`."""

    id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    root_run_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    user_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    graph_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    usd_micros: sa.Named[int] = sa.Column(sa.BigInteger(), nullable=False)
    created_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )


reservation = sa.Table(
    "reservation",
    metadata,
    ReservationColumns,
    sa.PrimaryKeyConstraint("id"),
    sa.Index("reservation_user_id_idx", "user_id"),
    sa.Index("reservation_root_run_id_idx", "root_run_id"),
)


class BudgetColumns(sa.TypedColumns):
    """What a user may spend in a period, on one graph or (`graph_id` empty) on all of them."""

    id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    user_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    graph_id: sa.Named[str] = sa.Column(sa.Text(), server_default=sa.text("''::text"), nullable=False)
    period: sa.Named[str] = sa.Column(BUDGET_PERIOD, nullable=False)
    limit_usd_micros: sa.Named[int] = sa.Column(sa.BigInteger(), nullable=False)
    set_by: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    created_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )
    updated_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )


budget = sa.Table(
    "budget",
    metadata,
    BudgetColumns,
    sa.PrimaryKeyConstraint("id"),
    sa.UniqueConstraint("user_id", "graph_id", "period"),
    sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
)


class AuditEntryColumns(sa.TypedColumns):
    """Who did what that others must be able to look up. `user_id` is null when nobody was logged in."""

    id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    user_id: sa.Named[str | None] = sa.Column(sa.Text(), nullable=True)
    action: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    target_kind: sa.Named[str] = sa.Column(sa.Text(), server_default=sa.text("''::text"), nullable=False)
    target_id: sa.Named[str] = sa.Column(sa.Text(), server_default=sa.text("''::text"), nullable=False)
    address: sa.Named[str] = sa.Column(sa.Text(), server_default=sa.text("''::text"), nullable=False)
    detail: sa.Named[Any] = sa.Column(postgresql.JSON(), server_default=sa.text("'{}'::json"), nullable=False)
    at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )


audit_entry = sa.Table(
    "audit_entry",
    metadata,
    AuditEntryColumns,
    sa.PrimaryKeyConstraint("id"),
    sa.Index("audit_entry_user_id_id_idx", "user_id", sa.text("id DESC")),
    sa.Index("audit_entry_target_id_idx", "target_id"),
)


class ReviewColumns(sa.TypedColumns):
    """A question to a person, on which a firing waits."""

    id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    user_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    run_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    node_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    firing: sa.Named[int] = sa.Column(sa.Integer(), nullable=False)
    key: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    name: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    data: sa.Named[Any] = sa.Column(postgresql.JSON(), nullable=False)
    is_editable: sa.Named[bool] = sa.Column(sa.Boolean(), server_default=sa.text("true"), nullable=False)
    is_taken: sa.Named[bool] = sa.Column(sa.Boolean(), server_default=sa.text("false"), nullable=False)
    status: sa.Named[str] = sa.Column(
        REVIEW_STATUS, server_default=sa.text("'open'::review_status"), nullable=False
    )
    decision: sa.Named[Any | None] = sa.Column(postgresql.JSON(none_as_null=True), nullable=True)
    message: sa.Named[str] = sa.Column(sa.Text(), server_default=sa.text("''::text"), nullable=False)
    created_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )
    decided_at: sa.Named[dt.datetime | None] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True
    )
    decided_by: sa.Named[str | None] = sa.Column(sa.Text(), nullable=True)


review = sa.Table(
    "review",
    metadata,
    ReviewColumns,
    sa.PrimaryKeyConstraint("id"),
    sa.Index("review_user_id_status_created_at_idx", "user_id", "status", "created_at"),
    sa.UniqueConstraint("run_id", "node_id", "firing", "key"),
    sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
    sa.ForeignKeyConstraint(["run_id"], ["run.id"], ondelete="CASCADE"),
)


class WorkerColumns(sa.TypedColumns):
    """A process that executes runs. Its runs are handed on when the heartbeat stops."""

    id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    host: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    pid: sa.Named[int] = sa.Column(sa.Integer(), nullable=False)
    started_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )
    heartbeat_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )


worker = sa.Table("worker", metadata, WorkerColumns, sa.PrimaryKeyConstraint("id"))


class QueueTurnColumns(sa.TypedColumns):
    """Whose turn it is: the last place in the queue that a user was given (round robin by user)."""

    user_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    turn: sa.Named[int] = sa.Column(sa.Integer(), nullable=False)


queue_turn = sa.Table("queue_turn", metadata, QueueTurnColumns, sa.PrimaryKeyConstraint("user_id"))


class CredentialColumns(sa.TypedColumns):
    """A secret of a user for a provider. `sealed` holds what is secret (util/crypto.py); all else may be shown. `revision` rises with every change of the secret: with the lease it lets one process refresh a token at a time."""

    id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    user_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    provider: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    kind: sa.Named[str] = sa.Column(CREDENTIAL_KIND, nullable=False)
    title: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    sealed: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    scopes: sa.Named[list[str]] = sa.Column(
        postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
    )
    username: sa.Named[str | None] = sa.Column(sa.Text(), nullable=True)
    host: sa.Named[str | None] = sa.Column(sa.Text(), nullable=True)
    detail: sa.Named[Any] = sa.Column(postgresql.JSON(), server_default=sa.text("'{}'::json"), nullable=False)
    state: sa.Named[str] = sa.Column(
        CREDENTIAL_STATE, server_default=sa.text("'ok'::credential_state"), nullable=False
    )
    problem: sa.Named[str] = sa.Column(sa.Text(), server_default=sa.text("''::text"), nullable=False)
    expires_at: sa.Named[dt.datetime | None] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True
    )
    refresh_expires_at: sa.Named[dt.datetime | None] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True
    )
    account: sa.Named[Any | None] = sa.Column(postgresql.JSON(none_as_null=True), nullable=True)
    revision: sa.Named[int] = sa.Column(sa.Integer(), server_default=sa.text("0"), nullable=False)
    leased_by: sa.Named[str | None] = sa.Column(sa.Text(), nullable=True)
    leased_until: sa.Named[dt.datetime | None] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True
    )
    tested_at: sa.Named[dt.datetime | None] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True
    )
    used_at: sa.Named[dt.datetime | None] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True
    )
    created_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )
    updated_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )


credential = sa.Table(
    "credential",
    metadata,
    CredentialColumns,
    sa.PrimaryKeyConstraint("id"),
    sa.Index("credential_user_id_provider_idx", "user_id", "provider"),
    sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
)


class OauthLoginColumns(sa.TypedColumns):
    """A login at a provider that has begun. The id is the SHA-256 of the state; `session_hash` is the browser's. `sealed` holds the code verifier (RFC 7636)."""

    id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    user_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    session_hash: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    provider: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    sealed: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    scopes: sa.Named[list[str]] = sa.Column(
        postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
    )
    title: sa.Named[str] = sa.Column(sa.Text(), server_default=sa.text("''::text"), nullable=False)
    credential_id: sa.Named[str | None] = sa.Column(sa.Text(), nullable=True)
    redirect_uri: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    return_to: sa.Named[str] = sa.Column(sa.Text(), server_default=sa.text("''::text"), nullable=False)
    created_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )
    expires_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), nullable=False
    )


oauth_login = sa.Table(
    "oauth_login",
    metadata,
    OauthLoginColumns,
    sa.PrimaryKeyConstraint("id"),
    sa.Index("oauth_login_user_id_idx", "user_id"),
    sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
)


class WebhookColumns(sa.TypedColumns):
    """Where a provider sends its events. A manual one is pasted there by a person; an automatic one is made through the provider's API for a `resource`, shared by the graphs that want the same, and brought to `wanted_events` by whoever has the lease. `is_kept`: made by hand, so that it stays when no graph listens any more. `introduced_at`: when the provider brought the secret itself."""

    id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    user_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    provider: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    webhook_type: sa.Named[str] = sa.Column(sa.Text(), server_default=sa.text("''::text"), nullable=False)
    title: sa.Named[str] = sa.Column(sa.Text(), server_default=sa.text("''::text"), nullable=False)
    is_automatic: sa.Named[bool] = sa.Column(sa.Boolean(), server_default=sa.text("false"), nullable=False)
    is_kept: sa.Named[bool] = sa.Column(sa.Boolean(), server_default=sa.text("false"), nullable=False)
    resource: sa.Named[str] = sa.Column(sa.Text(), server_default=sa.text("''::text"), nullable=False)
    credential_id: sa.Named[str | None] = sa.Column(sa.Text(), nullable=True)
    sealed: sa.Named[str | None] = sa.Column(sa.Text(), nullable=True)
    config: sa.Named[Any] = sa.Column(postgresql.JSON(), server_default=sa.text("'{}'::json"), nullable=False)
    wanted_events: sa.Named[list[str]] = sa.Column(
        postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
    )
    registered_events: sa.Named[list[str]] = sa.Column(
        postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
    )
    provider_webhook_id: sa.Named[str] = sa.Column(
        sa.Text(), server_default=sa.text("''::text"), nullable=False
    )
    state: sa.Named[str] = sa.Column(
        WEBHOOK_STATE, server_default=sa.text("'active'::webhook_state"), nullable=False
    )
    problem: sa.Named[str] = sa.Column(sa.Text(), server_default=sa.text("''::text"), nullable=False)
    attempts: sa.Named[int] = sa.Column(sa.Integer(), server_default=sa.text("0"), nullable=False)
    next_attempt_at: sa.Named[dt.datetime | None] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True
    )
    leased_until: sa.Named[dt.datetime | None] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True
    )
    introduced_at: sa.Named[dt.datetime | None] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True
    )
    created_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )
    updated_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )


webhook = sa.Table(
    "webhook",
    metadata,
    WebhookColumns,
    sa.PrimaryKeyConstraint("id"),
    sa.Index("webhook_user_id_id_idx", "user_id", sa.text("id DESC")),
    sa.Index("webhook_user_id_provider_resource_idx", "user_id", "provider", "resource"),
    sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
)


class TriggerColumns(sa.TypedColumns):
    """A trigger node of a graph, and the webhook that starts it. `is_live`: its graph is published, in `graph_version`. `listening_until`: somebody waits in the editor for a test event, which starts `test_version`."""

    id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    user_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    graph_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    node_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    block_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    webhook_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    events: sa.Named[list[str]] = sa.Column(
        postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
    )
    graph_version: sa.Named[int] = sa.Column(sa.Integer(), server_default=sa.text("0"), nullable=False)
    is_live: sa.Named[bool] = sa.Column(sa.Boolean(), server_default=sa.text("false"), nullable=False)
    answer_within_s: sa.Named[float | None] = sa.Column(sa.Float(53), nullable=True)
    listening_until: sa.Named[dt.datetime | None] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True
    )
    test_version: sa.Named[int | None] = sa.Column(sa.Integer(), nullable=True)
    created_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )
    updated_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )


trigger = sa.Table(
    "trigger",
    metadata,
    TriggerColumns,
    sa.PrimaryKeyConstraint("id"),
    sa.Index("trigger_webhook_id_idx", "webhook_id"),
    sa.Index("trigger_user_id_idx", "user_id"),
    sa.UniqueConstraint("graph_id", "node_id"),
    sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], ondelete="CASCADE"),
)


class DeliveryColumns(sa.TypedColumns):
    """The inbox: what a provider sent, as it came. It is stored before the sender is answered, in one transaction with the runs that it starts, and kept ten days at least: by it repeats of an event are found. `failed`: its graph could not be run, so the sender was refused, and may send it again. Foreign keys are left out: a row is written with every event."""

    id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    webhook_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    user_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    event_id: sa.Named[str | None] = sa.Column(sa.Text(), nullable=True)
    event_type: sa.Named[str] = sa.Column(sa.Text(), server_default=sa.text("''::text"), nullable=False)
    headers: sa.Named[Any] = sa.Column(
        postgresql.JSON(), server_default=sa.text("'{}'::json"), nullable=False
    )
    body: sa.Named[bytes] = sa.Column(sa.LargeBinary(), nullable=False)
    is_test: sa.Named[bool] = sa.Column(sa.Boolean(), server_default=sa.text("false"), nullable=False)
    state: sa.Named[str] = sa.Column(
        DELIVERY_STATE, server_default=sa.text("'started'::delivery_state"), nullable=False
    )
    problem: sa.Named[str] = sa.Column(sa.Text(), server_default=sa.text("''::text"), nullable=False)
    run_ids: sa.Named[list[str]] = sa.Column(
        postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
    )
    replay_of: sa.Named[str | None] = sa.Column(sa.Text(), nullable=True)
    received_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )


delivery = sa.Table(
    "delivery",
    metadata,
    DeliveryColumns,
    sa.PrimaryKeyConstraint("id"),
    sa.Index("delivery_webhook_id_id_idx", "webhook_id", sa.text("id DESC")),
    sa.UniqueConstraint("webhook_id", "event_id"),
)


class PollColumns(sa.TypedColumns):
    """A trigger node that asks a service for news. `cursor` is what its block gave last; `leased_until` keeps a second process away while one asks."""

    id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    user_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    graph_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    node_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    block_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    graph_version: sa.Named[int] = sa.Column(sa.Integer(), server_default=sa.text("0"), nullable=False)
    is_live: sa.Named[bool] = sa.Column(sa.Boolean(), server_default=sa.text("false"), nullable=False)
    interval_s: sa.Named[float] = sa.Column(sa.Float(53), nullable=False)
    cursor: sa.Named[Any | None] = sa.Column(postgresql.JSON(none_as_null=True), nullable=True)
    next_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )
    leased_until: sa.Named[dt.datetime | None] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True
    )
    failures: sa.Named[int] = sa.Column(sa.Integer(), server_default=sa.text("0"), nullable=False)
    problem: sa.Named[str] = sa.Column(sa.Text(), server_default=sa.text("''::text"), nullable=False)
    polled_at: sa.Named[dt.datetime | None] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True
    )
    emitted_at: sa.Named[dt.datetime | None] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True
    )
    created_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )
    updated_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )


poll = sa.Table(
    "poll",
    metadata,
    PollColumns,
    sa.PrimaryKeyConstraint("id"),
    sa.Index("poll_user_id_idx", "user_id"),
    sa.Index("poll_next_at_idx", "next_at"),
    sa.UniqueConstraint("graph_id", "node_id"),
    sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
)


class PollSeenColumns(sa.TypedColumns):
    """A record that has started a run."""

    poll_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    record_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    seen_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )


poll_seen = sa.Table(
    "poll_seen",
    metadata,
    PollSeenColumns,
    sa.PrimaryKeyConstraint("poll_id", "record_id"),
    sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], ondelete="CASCADE"),
)


class ScheduleColumns(sa.TypedColumns):
    """When a graph is to run, as cron says it in a time zone. `missed` counts the times that nobody was there for (or that were skipped) since it was made; `last_*` say what came of the last one."""

    id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    user_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    graph_id: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    name: sa.Named[str] = sa.Column(sa.Text(), server_default=sa.text("''::text"), nullable=False)
    cron: sa.Named[str] = sa.Column(sa.Text(), nullable=False)
    timezone: sa.Named[str] = sa.Column(sa.Text(), server_default=sa.text("'UTC'::text"), nullable=False)
    inputs: sa.Named[Any] = sa.Column(postgresql.JSON(), server_default=sa.text("'{}'::json"), nullable=False)
    overlap: sa.Named[str] = sa.Column(
        SCHEDULE_OVERLAP, server_default=sa.text("'skip'::schedule_overlap"), nullable=False
    )
    is_active: sa.Named[bool] = sa.Column(sa.Boolean(), server_default=sa.text("true"), nullable=False)
    next_at: sa.Named[dt.datetime | None] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True
    )
    last_at: sa.Named[dt.datetime | None] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), nullable=True
    )
    last_run_id: sa.Named[str | None] = sa.Column(sa.Text(), nullable=True)
    last_outcome: sa.Named[str] = sa.Column(sa.Text(), server_default=sa.text("''::text"), nullable=False)
    missed: sa.Named[int] = sa.Column(sa.Integer(), server_default=sa.text("0"), nullable=False)
    problem: sa.Named[str] = sa.Column(sa.Text(), server_default=sa.text("''::text"), nullable=False)
    created_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )
    updated_at: sa.Named[dt.datetime] = sa.Column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.func.now(), nullable=False
    )


schedule = sa.Table(
    "schedule",
    metadata,
    ScheduleColumns,
    sa.PrimaryKeyConstraint("id"),
    sa.Index("schedule_user_id_id_idx", "user_id", sa.text("id DESC")),
    sa.Index("schedule_graph_id_idx", "graph_id"),
    sa.Index("schedule_next_at_idx", "next_at"),
    sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
)
