"""A person's browser on its way to a provider and back, and what the database holds afterwards."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import httpx
import sqlalchemy as sa

from backend.data.db import Database
from backend.data.tables import metadata


async def begin(browser: httpx.AsyncClient, provider: str = "linear", **body: Any) -> str:
    """Begin a login: the address at the provider."""
    answer = await browser.post(f"/api/oauth/{provider}/login", json=body)
    assert answer.status_code == 200, answer.text
    assert list(answer.json()) == ["url"]
    return str(answer.json()["url"])


async def come_back(browser: httpx.AsyncClient, callback: str) -> httpx.Response:
    """The provider's redirect, followed to where the test's server really listens."""
    parts = urlsplit(callback)
    answer = await browser.get(f"{parts.path}?{parts.query}")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script" not in answer.text
    assert "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    return answer


def said(answer: httpx.Response) -> str:
    """What the page says, as a person reads it."""
    found = re.search(r'<p role="status">(.*?)</p>', answer.text)
    assert found is not None
    return unescape(found[1])


async def dump(database: Database) -> str:
    """Every row of every table, as text."""
    async with database.begin() as connection:
        found: list[str] = []
        for table in metadata.sorted_tables:
            rows = await connection.execute(sa.text(f'SELECT t::text FROM "{table.name}" t'))
            found += [str(row[0]) for row in rows]
    return "\n".join(found)
