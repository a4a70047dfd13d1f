"""The page on which a browser comes back from a provider, whatever came of it."""

from __future__ import annotations

import re
from html import escape

from fastapi.responses import HTMLResponse
from starlette.types import Scope

_CALLBACK = re.compile(r"/api/oauth/[^/]+/callback")


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


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
{refresh}<title>{title} · Blockyard</title>
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/style.css">
</head>
<body>
<main>
<div class="sheet">
<h1>{title}</h1>
<p role="status">{said}</p>
<p><a class="btn" href="{path}">Go on</a></p>
</div>
</main>
</body>
</html>
"""
_LEAD_ON = '<meta http-equiv="refresh" content="2; url={path}">\n'


def oauth_page(
    title: str, said: str, return_to: str, *, status: int = 200, leads_on: bool = False
) -> HTMLResponse:
    """Without a script: the policy of all pages forbids those that stand in them."""
    path = escape(return_to)
    refresh = _LEAD_ON.format(path=path) if leads_on else ""
    text = _PAGE.format(refresh=refresh, title=escape(title), said=escape(said), path=path)
    return HTMLResponse(text, status_code=status)
