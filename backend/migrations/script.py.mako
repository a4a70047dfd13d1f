"""${message}

It follows ${down_revision or "nothing: it is the first"}.
"""
# pyright: reportUnknownArgumentType=false
# (a Column of postgresql.ENUM has no type that pyright knows)

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision: str | None = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
