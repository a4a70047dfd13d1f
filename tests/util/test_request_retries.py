"""What is sent again, and what is sent once."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from backend.util.errors import (
    ProviderError,
    ProviderUnavailable,
    RateLimited,
)
from tests.support.http_server import Answer
from tests.util.request_faces import NOW, Face, serving


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_passing_trouble_is_tried_again_with_the_same_bytes(call: Face, status: int) -> None:
    with serving({"/": [Answer(status, headers=NOW), Answer(body=b"done")]}) as server:
        response = await call("PUT", f"{server.base_url}/?a=1", params={"b": 2}, json={"c": 3})
    assert response.text == "done"
    first, second = server.seen
    assert (first.target, first.body, first.headers) == (second.target, second.body, second.headers)


async def test_lost_connection_is_tried_again(call: Face) -> None:
    with serving({"/": [Answer(hang_up=True), Answer(body=b"done")]}) as server:
        assert (await call("GET", server.base_url)).text == "done"


async def test_trouble_is_tried_again_three_times_and_then_told(call: Face) -> None:
    with serving({"/": Answer(503, headers=NOW)}) as server, pytest.raises(ProviderUnavailable):
        await call("GET", server.base_url)
    assert len(server.seen) == 4


@pytest.mark.parametrize("answer", [Answer(503, headers=NOW), Answer(hang_up=True)], ids=["503", "hang up"])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_request_that_may_act_twice_is_sent_once(call: Face, method: str, answer: Answer) -> None:
    with serving({"/": answer}) as server, pytest.raises(ProviderUnavailable):
        await call(method, server.base_url, json={})
    assert len(server.seen) == 1


async def test_post_that_only_reads_is_tried_again(call: Face) -> None:
    with serving({"/": [Answer(503, headers=NOW), Answer(hang_up=True), Answer()]}) as server:
        await call("POST", server.base_url, json={"query": "{ me }"}, is_read=True)
    assert len(server.seen) == 3


async def test_post_with_an_idempotency_key_is_tried_again(call: Face) -> None:
    with serving({"/": [Answer(503, headers=NOW), Answer()]}) as server:
        await call("POST", server.base_url, json={}, headers={"Idempotency-Key": "k1"})
    assert [seen.headers["idempotency-key"] for seen in server.seen] == ["k1", "k1"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
async def test_refusal_that_stays_is_not_tried_again(call: Face, status: int) -> None:
    with serving({"/": Answer(status)}) as server, pytest.raises(ProviderError):
        await call("GET", server.base_url)
    assert len(server.seen) == 1


async def test_retry_after_in_seconds_is_waited_for(call: Face) -> None:
    with serving({"/": [Answer(429, headers={"Retry-After": "1"}), Answer()]}) as server:
        response = await call("GET", server.base_url)
    assert 1 <= response.elapsed_s < 2


async def test_retry_after_as_a_date_is_waited_for(call: Face) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=2)
    with serving(
        {"/": [Answer(503, headers={"Retry-After": format_datetime(until, usegmt=True)}), Answer()]}
    ) as server:
        await call("GET", server.base_url)
    assert datetime.now(UTC) >= until


async def test_retry_after_beyond_the_time_left_is_told_at_once(call: Face) -> None:
    with serving({"/": Answer(429, headers={"Retry-After": "120"})}) as server:
        started = time.monotonic()
        with pytest.raises(RateLimited) as raised:
            await call("GET", server.base_url)
    assert raised.value.retry_after_s == 120
    assert time.monotonic() - started < 1
