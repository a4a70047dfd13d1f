"""Files: uploaded, listed, downloaded, deleted."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import StreamingResponse

from backend.data import audit_store, file_store
from backend.data.file import FileInfo, FileLimits
from backend.data.file_store import Place
from backend.data.file_stream import read_range, writing
from backend.server.byte_range import wanted_bytes
from backend.server.deps import CallerDep, Cursor, JsonRoute, KeyDep, Limit, SiteDep
from backend.server.logins import address_of
from backend.server.site import Site
from backend.server.uploads import MAX_FILES, store_upload
from backend.server.wire.common import Page
from backend.server.wire.files import FilesStored, FileView
from backend.util.clock import new_id
from backend.util.errors import BadInput, Problem

router = APIRouter(prefix="/api/files", tags=["files"], route_class=JsonRoute)

SHOWN_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"})
"""What a browser may show in place: pictures that cannot hold a script."""
_CURSOR = re.compile(r"(\d{1,14})_(.{1,100})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_FORM: dict[str, Any] = {
    "schema": {
        "type": "object",
        "required": ["file"],
        "properties": {"file": {"type": "array", "items": _BINARY["schema"], "maxItems": MAX_FILES}},
    }
}
FILE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"multipart/form-data": _FORM, "application/octet-stream": _BINARY},
    }
}
_WHOLE, _PART = "The content", "The part that `Range` asks for"
CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"description": _WHOLE, "content": {"application/octet-stream": _BINARY}},
    206: {"description": _PART, "content": {"application/octet-stream": _BINARY}},
    304: {"description": "The caller has it: `If-None-Match` names its ETag"},
}


@router.post("", status_code=201, response_model=FilesStored, openapi_extra=FILE_BODY)
async def upload_files(
    site: SiteDep,
    caller: CallerDep,
    key: KeyDep,
    request: Request,
    name: Annotated[
        str | None, Query(min_length=1, max_length=1000, description="For a body that is the file itself")
    ] = None,
) -> dict[str, Any]:
    """Store the files of a form (field `file`, up to 20 of them), or the body itself under a name.

    Either all of them are stored or none.
    """
    stored = await _stored_before(site, caller.user_id, key)
    if not stored:
        limits = _limits(site)
        async with writing(site.app.database, caller.user_id, limits) as writer:
            await store_upload(
                request.receive,
                dict(request.scope["headers"]),
                writer,
                id_at=lambda place: _file_id(caller.user_id, key, place),
                name=name,
                max_file_bytes=limits.file_bytes,
            )
        stored = writer.files
    return {"items": [_view(info) for info in stored]}


@router.get("", response_model=Page[FileView])
async def list_files(
    site: SiteDep,
    caller: CallerDep,
    run_id: Annotated[str | None, Query(max_length=200, description="Only what this run made")] = None,
    q: Annotated[str, Query(max_length=200, description="Only names with this in them")] = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Your files, newest first."""
    before = None if cursor is None else _place_in(cursor)
    async with site.app.database.begin() as connection:
        found = await file_store.list_files(
            connection, caller.user_id, limit=limit, before=before, run_id=run_id, name_part=q
        )
    return {
        "items": [_view(info) for info in found],
        "next_cursor": _cursor_after(found[-1]) if len(found) == limit else None,
    }


@router.get("/{file_id}", response_model=FileView)
async def read_file(site: SiteDep, caller: CallerDep, file_id: str) -> dict[str, Any]:
    """What is known of a file."""
    async with site.app.database.begin() as connection:
        return _view(await file_store.load_file(connection, caller.user_id, file_id))


@router.get("/{file_id}/content", response_class=Response, responses=CONTENT)
async def download_file(
    site: SiteDep,
    caller: CallerDep,
    file_id: str,
    request: Request,
    inline: Annotated[bool, Query(description="Show it in the browser; pictures only")] = False,
) -> Response:
    """The content, or the part of it that a `Range` header asks for."""
    async with site.app.database.begin() as connection:
        info = await file_store.load_file(connection, caller.user_id, file_id)
        await file_store.touch_file(connection, caller.user_id, file_id)
    headers = content_headers(info, is_inline=inline)
    known = request.headers.get("if-none-match", "")
    if headers["etag"] in known or known == "*":
        return Response(status_code=304, headers=headers)
    wanted = wanted_bytes(request.headers, size_bytes=info.size_bytes, etag=headers["etag"])
    start, end = wanted or (0, info.size_bytes)
    headers["content-length"] = str(end - start)
    if wanted is not None:
        headers["content-range"] = f"bytes {start}-{end - 1}/{info.size_bytes}"
    return StreamingResponse(
        read_range(site.app.database, caller.user_id, info, start, end),
        status_code=200 if wanted is None else 206,
        headers=headers,
        media_type=None,
    )


@router.delete("/{file_id}", status_code=204)
async def delete_file(site: SiteDep, caller: CallerDep, file_id: str, request: Request) -> Response:
    """Delete a file. Nodes that read it afterwards fail."""
    async with site.app.database.begin() as connection:
        size_bytes = await file_store.delete_file(connection, caller.user_id, file_id)
        await audit_store.record(
            connection,
            caller.user_id,
            "file.delete",
            target_kind="file",
            target_id=file_id,
            address=address_of(request),
            detail={"size_bytes": size_bytes},
        )
    return Response(status_code=204)


def content_headers(info: FileInfo, *, is_inline: bool) -> dict[str, str]:
    """How a browser is told to treat what somebody has uploaded: kept apart, and not run."""
    plain = "".join(char if char.isascii() and char not in '"\\%' else "_" for char in info.name)
    kind = "inline" if is_inline and info.media_type in SHOWN_TYPES else "attachment"
    return {
        "content-type": info.media_type,
        "content-disposition": f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(info.name, safe='')}",
        "content-security-policy": "sandbox; default-src 'none'",
        "etag": f'"{info.sha256}"',
        "accept-ranges": "bytes",
        "cache-control": "private, no-cache",
    }


def _limits(site: Site) -> FileLimits:
    settings = site.app.settings
    return FileLimits(settings.max_file_bytes, settings.max_files_bytes_per_user)


def _file_id(user_id: str, key: str | None, place: int) -> str:
    return new_id() if key is None else str(uuid5(NAMESPACE_URL, f"blockyard:{user_id}:files:{key}:{place}"))


async def _stored_before(site: Site, user_id: str, key: str | None) -> list[FileInfo]:
    """What a request with this key has stored already."""
    if key is None:
        return []
    ids = [_file_id(user_id, key, place) for place in range(MAX_FILES)]
    async with site.app.database.begin() as connection:
        return await file_store.find_files(connection, user_id, ids)


def _view(info: FileInfo) -> dict[str, Any]:
    return {**asdict(info), "reference": info.reference}


def _cursor_after(info: FileInfo) -> str:
    return f"{round(info.created_at.timestamp() * 1000)}_{info.id}"


def _place_in(cursor: str) -> Place:
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        problem = Problem(
            "This is no cursor of this list.", "Take `next_cursor` of the page before.", path="cursor"
        )
        raise BadInput(str(problem), problems=(problem,))
    return _EPOCH + timedelta(milliseconds=int(match[1])), match[2]
