"""Revisions as entity tags: `ETag: "3"` on what is read, `If-Match: "3"` on what is to replace it (RFC 9110)."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Header

from backend.util.errors import BadInput, PreconditionRequired, Problem

_ANY = "*"
_LONGEST = 400
_TAGS = re.compile(r'\s*"\d{1,10}"\s*(,\s*"\d{1,10}"\s*)*')
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description='The revision that you have read, as in `"3"`; `*`: whatever it is'),
]


def etag(revision: int) -> dict[str, str]:
    """The header that says which revision an answer shows."""
    return {"etag": f'"{revision}"'}


def expected(if_match: str | None) -> frozenset[int] | None:
    """The revisions that an `If-Match` lets through; None: any.

    Raises:
        PreconditionRequired: there is no such header.
        BadInput: it holds something else than revisions in quotes.
    """
    if if_match is None:
        raise PreconditionRequired(
            'Say which revision you have read: send `If-Match: "3"`, with the ETag that the draft came with.'
        )
    if if_match.strip() == _ANY:
        return None
    if len(if_match) > _LONGEST or not _TAGS.fullmatch(if_match):
        cure = 'Write the revision in quotes, as in `If-Match: "3"`.'
        problem = Problem(f"The If-Match {if_match[:40]!r} is no revision.", cure, path="If-Match")
        raise BadInput(str(problem), problems=(problem,))
    return frozenset(int(digits) for digits in re.findall(r"\d+", if_match))
