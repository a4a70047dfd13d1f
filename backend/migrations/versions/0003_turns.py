"""`enqueue_run(run, owner)`: a place in the queue, by turns of users.

pgqueuer serves the highest priority first, of equals the oldest. A user's k-th waiting run gets turn k,
counted from the turn that is being served now, and priority -k: so whoever asks first is served next,
however many runs another user has waiting, and no capacity is left idle (start-time fair queueing,
Goyal, Vin and Cheng 1996, with runs of equal weight).
"""

from __future__ import annotations

from alembic import op

revision = "0003_turns"
down_revision: str | None = "0002_queue"
branch_labels = None
depends_on = None

ENQUEUE = """
CREATE FUNCTION enqueue_run(run text, owner text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  served integer := -coalesce((SELECT max(priority) FROM pgqueuer WHERE status = 'queued'), 0);
  own integer;
  job bigint;
BEGIN
  INSERT INTO queue_turn AS q (user_id, turn) VALUES (owner, served)
    ON CONFLICT (user_id) DO UPDATE SET turn = greatest(q.turn + 1, excluded.turn)
    RETURNING turn INTO own;
  INSERT INTO pgqueuer (priority, entrypoint, payload, status)
    VALUES (-own, 'run', convert_to(run, 'UTF8'), 'queued') RETURNING id INTO job;
  RETURN job;
END $$
"""


def upgrade() -> None:
    op.execute(ENQUEUE)
