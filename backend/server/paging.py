"""Cursors that say where in a sorted list a page ended; callers hand them back unread."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import Query

from backend.data.graph_store import After, Sort
from backend.data.json_types import as_list
from backend.server.deps import MAX_INT
from backend.util.errors import BadInput, Problem
from backend.util.json_text import parse_json

LONGEST_CURSOR = 1_000
LongCursor = Annotated[
    str | None, Query(min_length=1, max_length=LONGEST_CURSOR, description="`next_cursor` of the page before")
]


def cursor_after(items: list[dict[str, Any]], limit: int, sort: Sort) -> str | None:
    """The cursor behind the last of the items; None when the list ends there."""
    if len(items) < limit:
        return None
    key, last_id = items[-1]["sorted_by"], items[-1]["id"]
    said = key.isoformat() if isinstance(key, datetime) else key
    return base64.urlsafe_b64encode(orjson.dumps([sort, said, last_id])).decode().rstrip("=")


def after_cursor(cursor: str | None, sort: Sort) -> After | None:
    """Where the page before ended; None for the first page.

    Raises:
        BadInput: the cursor is not of such a list.
    """
    if cursor is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        parts = as_list(parse_json(raw)) or []
        made_for, key, last_id = parts
        if made_for != sort or not isinstance(key, str) or not isinstance(last_id, str):
            raise ValueError(made_for)
        return (_aware(key) if sort == "updated" else key), last_id
    except (binascii.Error, BadInput, ValueError) as error:
        raise unknown_cursor() from error


def _aware(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def number_cursor(cursor: str | None) -> int | None:
    """The number that a page ended with; None for the first page.

    Raises:
        BadInput: it is none.
    """
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit()) or int(cursor[:12]) > MAX_INT:
        raise unknown_cursor()
    return int(cursor)


def unknown_cursor() -> BadInput:
    """For a cursor that no list of this kind has given."""
    problem = Problem(
        "This cursor belongs to no page of this list.",
        "Send the `next_cursor` of a page as it came, with the same `sort`.",
        path="cursor",
    )
    return BadInput(str(problem), problems=(problem,))
