"""The front page and its files: few and small, held in memory."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fastapi import APIRouter, Response

from backend.util.errors import NotFound

router = APIRouter(include_in_schema=False)
STATIC = Path(__file__).resolve().parents[1] / "static"
_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}


@cache
def _files() -> dict[str, tuple[bytes, str]]:
    """Name -> content and type. Only what stands here can be asked for, so no name leads elsewhere."""
    return {
        file.name: (file.read_bytes(), _KINDS[file.suffix])
        for file in STATIC.iterdir()
        if file.suffix in _KINDS
    }


@router.get("/")
async def read_page() -> Response:
    """What is running."""
    return _file("index.html")


@router.get("/static/{name}")
async def read_static(name: str) -> Response:
    """A file of the page."""
    return _file(name)


def _file(name: str) -> Response:
    found = _files().get(name)
    if found is None:
        raise NotFound(f"There is no file {name!r}.")
    return Response(found[0], media_type=found[1], headers={"cache-control": "no-cache"})
