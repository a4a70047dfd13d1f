"""What a block answers whoever waits for its run: stored with the run's next commit, told after it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from backend.data.run import CallerAnswer, EventKind
from backend.data.run_store import ANSWER
from backend.util.errors import TooLarge

if TYPE_CHECKING:
    from backend.executor.bound import BoundNode
    from backend.executor.plan import Firing
    from backend.executor.run_loop import RunLoop

RESPONSE = "respond"
"""The step of a firing that says whether its answer was the first."""
MAX_ANSWER_CHARS = 1_048_576


def answer_caller(loop: RunLoop, answer: CallerAnswer) -> bool:
    """Answer for the run at the top; False: there was an answer before, and only the first counts.

    Raises:
        TooLarge: the answer is longer than 1 MiB as JSON.
    """
    raw = answer.model_dump_json()
    if len(raw) > MAX_ANSWER_CHARS:
        raise TooLarge("The answer is larger than 1 MiB. Answer with less, or with where to find it.")
    root, run_log = loop.root, loop.log
    if root.callers.is_answered:
        return False
    root.callers.is_answered = True
    if run_log is root.log:
        root.row.answer = raw
        run_log.change_row()
    else:
        run_log.also(ANSWER, root.row.id, raw)
    run_log.once_written(partial(_tell, root, answer))
    return True


def _tell(root: RunLoop, answer: CallerAnswer) -> None:
    root.callers.tell(answer)
    root.services.answered(root)


class PromptContext:
    """The `SyncContext` of a block that is done within the loop (inline.py): it may answer, and nothing else.

    What it answers is in the commit that has its firing as one record, so no step is recorded beside it, unless the
    firing turns out to be longer than that.
    """

    __slots__ = ("_key", "_loop")

    def __init__(self, loop: RunLoop, node: BoundNode, firing: Firing) -> None:
        self._loop = loop
        self._key = (node.index, firing.n)

    def respond(self, status: int, headers: Mapping[str, str], body: Any) -> bool:
        """See `SyncContext`."""
        loop, steps = self._loop, self._loop.remember(self._key).steps
        if RESPONSE not in steps:
            steps[RESPONSE] = answer_caller(
                loop, CallerAnswer(status=status, headers=dict(headers), body=body)
            )
            if self._key in loop.live:
                loop.log.note(EventKind.STEP, *self._key, {"key": RESPONSE, "result": steps[RESPONSE]})
        return bool(steps[RESPONSE])
