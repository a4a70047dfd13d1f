"""The page on which a browser comes back from a provider, whatever came of it."""

from __future__ import annotations

import re
from html import escape

from fastapi.responses import HTMLResponse
from starlette.types import Scope

from backend.server.plain_page import plain_page

_CALLBACK = re.compile(r"/api/oauth/[^/]+/callback")
_LEAD_ON = '<meta http-equiv="refresh" content="2; url={path}">\n'


def is_callback(scope: Scope) -> bool:
    """Whether a person's browser comes back here: then every refusal is a page."""
    return scope["method"] == "GET" and _CALLBACK.fullmatch(scope["path"]) is not None


def stranger_page() -> HTMLResponse:
    """For a browser that is not logged in here."""
    page = oauth_page(
        "Not connected",
        "This browser is not logged in to Blockyard at this address. Log in, and connect again; the address must be "
        "the one that BLOCKYARD_PUBLIC_URL says, since a login at localhost does not hold at 127.0.0.1.",
        "/",
        status=401,
    )
    page.headers["www-authenticate"] = "Bearer"
    return page


def oauth_page(
    title: str, said: str, return_to: str, *, status: int = 200, leads_on: bool = False
) -> HTMLResponse:
    """Says what came of it and leads back; by itself, if all went well."""
    head = _LEAD_ON.format(path=escape(return_to)) if leads_on else ""
    return plain_page(title, said, path=return_to, status=status, head=head)
