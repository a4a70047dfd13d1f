"""Fixtures of the tests of `backend.util`."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from backend.util.request import aclose_shared
from tests.util.request_faces import Face, call_async, call_sync


@pytest.fixture(params=[call_sync, call_async], ids=["sync", "async"])
async def call(request: pytest.FixtureRequest) -> AsyncIterator[Face]:
    """Each face of the HTTP client in turn: one conformance suite for both."""
    yield request.param
    await aclose_shared()
