"""What a block has sent last and what came back, kept until it ends, so that its failure can show it."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass

from backend.util.http_messages import Headers, Hop, Reply

WINDOW_BYTES = 32_768
"""Of each body: more than is shown, so that no secret is cut in two before it is masked."""
_MOST = 3


@dataclass(slots=True)
class Exchanged:
    """One request and its answer. `status` is None until an answer is there; `ended` too, in seconds like `began`.

    `credentials` are headers that may be secrets; sizes are those of the whole bodies.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    credentials: Mapping[str, str]
    body: bytes
    size_bytes: int
    began: float
    ended: float | None = None
    status: int | None = None
    reply_headers: Headers | None = None
    reply_body: bytes = b""
    reply_size_bytes: int = 0

    def answered(self, reply: Reply, at: float) -> None:
        self.ended, self.status, self.reply_headers = at, reply.status, reply.headers
        self.reply_body, self.reply_size_bytes = reply.content[:WINDOW_BYTES], len(reply.content)


class Recorder:
    """Keeps the last few exchanges."""

    def __init__(self) -> None:
        self._last: deque[Exchanged] = deque(maxlen=_MOST)

    def sent(self, hop: Hop, at: float) -> Exchanged:
        """A request that is under way."""
        made = Exchanged(
            hop.method,
            hop.target.url,
            hop.headers,
            hop.credentials,
            hop.body[:WINDOW_BYTES],
            len(hop.body),
            at,
        )
        self._last.append(made)
        return made

    def behind(self, http_status: int | None) -> Exchanged | None:
        """The last one with this status; without such a one, or without a status, the last of all."""
        fitting = (one for one in reversed(self._last) if one.status == http_status is not None)
        return next(fitting, None) or (self._last[-1] if self._last else None)


recorder: ContextVar[Recorder | None] = ContextVar("recorder", default=None)
"""Set by the engine around a block's own work; a block's thread has the same one."""
