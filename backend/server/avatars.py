"""Pictures of accounts, fetched by us, so that a browser asks no provider and tells it nothing."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass

from backend.util.errors import BlockyardError, NotFound
from backend.util.request import AsyncRequests

MAX_BYTES = 262_144
KEEP_S = 3600.0
_MOST_KEPT = 100
_TIMEOUT_S = 10.0
_KINDS = ("image/png", "image/jpeg", "image/gif", "image/webp")
"""No SVG: it is a document with scripts."""


@dataclass(frozen=True, slots=True)
class Avatar:
    media_type: str
    content: bytes


class Avatars:
    """Those fetched within the last hour, by their address."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[float, Avatar]] = OrderedDict()

    async def get(self, url: str) -> Avatar:
        """The picture.

        Raises:
            NotFound: there is none, it is no picture, or it is too large.
        """
        found = self._kept.get(url)
        if found is not None and found[0] > time.monotonic():
            return found[1]
        fetched = await _fetch(url)
        self._kept[url] = (time.monotonic() + KEEP_S, fetched)
        self._kept.move_to_end(url)
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return fetched


async def _fetch(url: str) -> Avatar:
    client = AsyncRequests(
        max_bytes=MAX_BYTES, timeout_s=_TIMEOUT_S, extra_headers={"accept": ", ".join(_KINDS)}
    )
    try:
        answer = await client.get(url)
    except BlockyardError as error:
        raise NotFound(
            "The picture of this account cannot be fetched now. Its provider did not give it."
        ) from error
    media_type = (answer.headers.get("content-type") or "").partition(";")[0].strip().lower()
    if media_type not in _KINDS:
        raise NotFound("The provider's picture of this account is no PNG, JPEG, GIF or WebP.")
    return Avatar(media_type, answer.content)
