"""The page and its files. Whatever a browser opens is the page: which screen that is, the page itself decides."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request, Response
from starlette.convertors import PathConvertor, register_url_convertor

from backend.server.access import NO_PAGE
from backend.server.bundle import ASSETS, INDEX, BundleFile
from backend.server.deps import SiteDep
from backend.server.plain_page import plain_page
from backend.util.errors import NotFound

_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_GZIP = re.compile(r"(?:^|,)\s*gzip\s*(?:$|,|;(?!\s*q=0(?:\.0*)?\s*(?:$|,)))", re.IGNORECASE)


class _PagePath(PathConvertor):
    """Every path but those of programs, so that an unknown one of theirs is refused as a program expects it."""

    regex = rf"(?!(?:{'|'.join(NO_PAGE)})(?:/|$)).*"


register_url_convertor("page", _PagePath())
router = APIRouter(include_in_schema=False)


@router.get("/{path:page}")
async def read_page(site: SiteDep, request: Request, path: str) -> Response:
    """A file of the page; for any other address that a browser opens, the page."""
    found = await site.bundle.find(path)
    if found is not None:
        return _answer(request, found, _FOR_EVER if path.startswith(ASSETS) else _ASK_AGAIN)
    if path.startswith(ASSETS) or (path and "text/html" not in request.headers.get("accept", "")):
        raise NotFound(f"There is no file {path!r}. Reload the page: it may be of another version.")
    index = await site.bundle.find(INDEX)
    return _not_built() if index is None else _answer(request, index, _ASK_AGAIN)


def _answer(request: Request, file: BundleFile, caching: str) -> Response:
    headers = {"cache-control": caching, "etag": file.etag, "vary": "accept-encoding"}
    if file.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if file.gzipped is not None and _GZIP.search(request.headers.get("accept-encoding", "")):
        headers["content-encoding"] = "gzip"
        return Response(file.gzipped, media_type=file.kind, headers=headers)
    return Response(file.content, media_type=file.kind, headers=headers)


def _not_built() -> Response:
    return plain_page(
        "The page is not built",
        "Blockyard runs and its API answers, but the page that belongs here has not been built. "
        "Run “make run” in the checkout: it builds the page and starts the server.",
        status=404,
    )
