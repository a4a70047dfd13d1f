"""Ids of pages and databases, out of what people paste. Pure."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from backend.util.errors import InvalidInput

HELP = "its address in Notion (Share, Copy link), or its id"
PLACEHOLDER = "https://www.notion.so/My-page-0123456789abcdef0123456789abcdef"
_ID = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_AT_THE_END = re.compile(rf"(?:^|[/-])({_ID.pattern})/?$")


def notion_id(text: str, what: str) -> str:
    """The UUID, with dashes, of a page's or database's id or address.

    In an address it stands at the end of the path; of a page that is open beside another, in `p`. `v` is a view.

    Raises:
        InvalidInput: there is none; `what` says whose it should be.
    Source: https://developers.notion.com/docs/working-with-databases (adding pages, the id in the address).
    """
    given = text.strip()
    parts = urlsplit(given)
    beside = parse_qs(parts.query).get("p", [""])[0] if parts.scheme else ""
    found = _AT_THE_END.search(beside) or _AT_THE_END.search(parts.path if parts.scheme else given)
    if found is None:
        raise InvalidInput(f"{given[:200]!r} is no id of a {what}. Give {HELP}.")
    return str(UUID(found[1]))


def address_of(some_id: str) -> str:
    """Where a browser finds it."""
    return f"https://www.notion.so/{some_id.replace('-', '')}"
