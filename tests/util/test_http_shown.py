"""How an exchange is shown: short, as text that can be stored, and without what may be a secret."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from backend.data.scrub import Scrubber
from backend.util.errors import ProviderError
from backend.util.http_record import WINDOW_BYTES, Recorder, recorder
from backend.util.http_shown import MOST_BODY_BYTES, HttpExchange, shown
from tests.support.http_server import Answer
from tests.util.request_faces import Face, call_async, serving

CANARY = "c4n4ry-of-the-service"


@contextmanager
def _recording() -> Iterator[Recorder]:
    """What the engine does around a block."""
    kept = Recorder()
    token = recorder.set(kept)
    try:
        yield kept
    finally:
        recorder.reset(token)


async def _told(call: Face, answer: Answer, scrubber: Scrubber | None = None, **options: Any) -> HttpExchange:
    """What is shown of one refused call."""
    with _recording() as kept, serving({"/": answer, "/path": answer}) as server:
        with pytest.raises(ProviderError) as refused:
            await call("POST", f"{server.base_url}/path?page=2", **options)
    behind = kept.behind(refused.value.http_status)
    assert behind is not None
    return shown(behind, str if scrubber is None else scrubber.text)


async def test_request_and_answer_are_told(call: Face) -> None:
    answer = Answer.of_json({"message": "no such board"}, status=422, headers={"X-Request-Id": "7"})
    told = await _told(call, answer, json={"board": "b1"}, headers={"accept": "application/json"})
    assert told["method"] == "POST"
    assert told["url"].endswith("/path?page=2")
    assert told["request_headers"]["accept"] == "application/json"
    assert (told["request_body"], told["request_size_bytes"]) == ('{"board":"b1"}', 14)
    assert told["status"] == 422
    assert told["response_headers"]["x-request-id"] == "7"
    assert json.loads(told["response_body"]) == {"message": "no such board"}
    assert told["duration_ms"] is not None
    assert 0 < told["duration_ms"] < 5_000


async def test_request_without_an_answer_is_told(call: Face) -> None:
    told = await _told(call, Answer(hang_up=True), json={"board": "b1"})
    assert (told["status"], told["duration_ms"], told["response_body"]) == (None, None, "")
    assert told["request_body"] == '{"board":"b1"}'


HEADERS = {
    "Authorization": f"Bearer {CANARY}",
    "X-Api-Key": CANARY,
    "Cookie": f"sid={CANARY}",
    "X-Whatever": CANARY,
}


async def test_headers_that_may_be_credentials_are_masked_and_versions_shown(call: Face) -> None:
    answer = Answer(400, headers={"Set-Cookie": f"sid={CANARY}", "X-Auth-Token": CANARY, "X-Author": "Ada"})
    told = await _told(call, answer, headers={**HEADERS, "X-Github-Api-Version": "2022-11-28"})
    assert CANARY not in json.dumps(told)
    assert told["request_headers"]["authorization"] == "Bearer ***"
    assert told["request_headers"]["x-whatever"] == "***"
    assert told["request_headers"]["x-github-api-version"] == "2022-11-28"
    assert told["response_headers"]["set-cookie"] == "***"
    assert told["response_headers"]["x-author"] == "Ada"


@pytest.mark.parametrize(
    "name", ["api_key", "key", "access_token", "client_secret", "password", "sig", "X-Auth"]
)
async def test_secrets_in_the_query_are_masked_by_their_names(call: Face, name: str) -> None:
    told = await _told(call, Answer(400), params={name: CANARY, "limit": 5, "author": "ada"})
    assert told["url"].endswith(f"?page=2&{name}=***&limit=5&author=ada")


SECRET_FIELDS: list[dict[str, Any]] = [
    {"password": CANARY},
    {"nested": [{"refresh_token": f'a"{CANARY}\n'}]},
    {"apiKey": CANARY, "name": "Ada"},
]


@pytest.mark.parametrize("fields", SECRET_FIELDS, ids=str)
async def test_secrets_in_bodies_are_masked_by_their_names(call: Face, fields: dict[str, Any]) -> None:
    told = await _told(call, Answer.of_json(fields, status=400), json=fields)
    for body in (told["request_body"], told["response_body"]):
        assert CANARY not in body
        assert "***" in body
        assert json.loads(body).keys() == fields.keys()


async def test_secret_of_a_form_is_masked(call: Face) -> None:
    told = await _told(call, Answer(400), data={"client_secret": CANARY, "name": "Ada"})
    assert told["request_body"] == "client_secret=***&name=Ada"


async def test_known_secret_is_masked_wherever_it_stands(call: Face) -> None:
    said = {"note": f"You sent {CANARY}", "author": "Ada", "tokens_left": 7}
    answer = Answer.of_json(said, status=400, headers={"X-Echo": f"<{CANARY}>"})
    told = await _told(call, answer, Scrubber([CANARY]), json={"note": CANARY}, params={"note": CANARY})
    assert CANARY not in json.dumps(told)
    assert json.loads(told["response_body"]) == {**said, "note": "You sent ***"}


@pytest.mark.parametrize("shift", range(0, 2 * len(CANARY), 3))
@pytest.mark.parametrize("edge", [MOST_BODY_BYTES, WINDOW_BYTES])
async def test_secret_at_an_edge_is_not_cut_in_two(edge: int, shift: int) -> None:
    secret = CANARY * 2
    body = b"x" * (edge - shift) + secret.encode() + b"y" * 100_000
    answer = Answer(400, body=body, headers={"Content-Type": "text/plain"})
    text = (await _told(call_async, answer, Scrubber([secret])))["response_body"]
    assert "c4n" not in text
    assert len(text.encode()) <= MOST_BODY_BYTES


async def test_long_bodies_are_cut_and_their_size_is_told(call: Face) -> None:
    answer = Answer(400, body="ä".encode() * 50_000, headers={"Content-Type": "text/plain; charset=utf-8"})
    told = await _told(call, answer, content=b"z" * 5_000, headers={"content-type": "text/plain"})
    assert (told["request_size_bytes"], told["response_size_bytes"]) == (5_000, 100_000)
    assert told["request_body"] == "z" * MOST_BODY_BYTES
    assert told["response_body"] == "ä" * (MOST_BODY_BYTES // 2)


@pytest.mark.parametrize(("kind", "body"), [("image/png", b"\x89PNG"), ("text/plain", b"a\x00b")])
async def test_body_that_is_no_text_is_named(call: Face, kind: str, body: bytes) -> None:
    told = await _told(call, Answer(400, body=body, headers={"Content-Type": kind}))
    assert told["response_body"] == f"({len(body)} bytes of {kind})"


async def test_exchange_with_the_error_s_status_is_the_one_behind_it(call: Face) -> None:
    with _recording() as kept, serving({"/a": Answer(404), "/b": Answer(200)}) as server:
        for path in ("a", "b"):
            await call("GET", f"{server.base_url}/{path}", client={"raise_for_status": False})
    found = {status: kept.behind(status) for status in (404, None, 500)}
    assert {status: one.url[-1] for status, one in found.items() if one} == {404: "a", None: "b", 500: "b"}
    assert Recorder().behind(404) is None


HOSTILE = ['"' * 30_000, '"token":"' * 3_000, '"' + "a" * 30_000, "token=" * 5_000, '"a_token' * 4_000]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:10])
async def test_hostile_bodies_are_shown_at_once(text: str) -> None:
    answer = Answer(400, body=text.encode(), headers={"Content-Type": "application/json"})
    with _recording() as kept, serving({"/": answer}) as server, pytest.raises(ProviderError):
        await call_async("POST", server.base_url, content=text)
    behind = kept.behind(400)
    assert behind is not None
    began = time.perf_counter()
    shown(behind, str)
    assert time.perf_counter() - began < 0.2
