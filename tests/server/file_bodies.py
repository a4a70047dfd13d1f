"""Bodies of uploads, and what is stored of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx

from backend.app import App

BOUNDARY = "the-boundary"
FORM = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}


def form(*parts: tuple[str, bytes], end: str = "--\r\n") -> bytes:
    """A form by hand: the headers of each part without their last line break, and its content."""
    body = b"".join(f"--{BOUNDARY}\r\n{headers}\r\n\r\n".encode() + data + b"\r\n" for headers, data in parts)
    return body + f"--{BOUNDARY}{end}".encode()


def head(filename: str, field: str = "file") -> str:
    return f'Content-Disposition: form-data; name="{field}"; filename="{filename}"'


async def upload(
    client: httpx.AsyncClient, data: bytes, name: str = "a.bin", kind: str | None = None, **headers: str
) -> dict[str, Any]:
    """Store one file through a form; what is told of it."""
    part = (name, data) if kind is None else (name, data, kind)
    answer = await client.post("/api/files", files={"file": part}, headers=headers)
    assert answer.status_code == 201, answer.text
    (stored,) = answer.json()["items"]
    return dict(stored)


async def rows(app: App) -> tuple[int, int]:
    """How many files and chunks are in the database, seen or not."""
    async with app.database.raw() as connection:
        files = await connection.fetchval("SELECT count(*) FROM file")
        return int(files), int(await connection.fetchval("SELECT count(*) FROM file_chunk"))


async def in_pieces(data: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]
