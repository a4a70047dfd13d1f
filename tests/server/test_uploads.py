"""Uploads: stored while they come, whole or not at all, limited, and taken by one route only."""

from __future__ import annotations

import asyncio
import gc
import os
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import cycle, product
from typing import Any

import httpx
import psutil
import pytest
from fastapi.routing import APIRoute

from backend.app import App
from backend.server import linger, uploads
from backend.server.access import ACCESS
from backend.server.http import create_api
from tests.server.file_bodies import BOUNDARY, FORM, form, head, in_pieces, rows, upload

IS_WHOLE = os.environ.get("BLOCKYARD_TORTURE") == "1"


async def test_body_that_is_the_file_itself_is_stored_under_the_name_in_the_address(
    ada: httpx.AsyncClient,
) -> None:
    for kind, expected in [
        ("image/png", "image/png"),
        ("application/json", "application/json"),
        ("application/x-www-form-urlencoded", "text/csv"),
        ("nonsense", "text/csv"),
        (None, "text/csv"),
    ]:
        headers = {} if kind is None else {"content-type": kind}
        answer = await ada.post("/api/files?name=a/b.csv", content=b"a,b", headers=headers)
        assert answer.status_code == 201, kind
        (stored,) = answer.json()["items"]
        assert (stored["name"], stored["media_type"]) == ("b.csv", expected)
        assert (await ada.get(f"/api/files/{stored['id']}/content")).content == b"a,b"


NASTY = [b"\r\n", b"\r\n--", f"\r\n--{BOUNDARY}".encode()[:-1], f"--{BOUNDARY}".encode(), b"\r", b"-\r\r\n"]


async def test_content_that_looks_like_the_end_of_a_form_stays_content(ada: httpx.AsyncClient) -> None:
    chosen = random.Random(7)
    for size in (1, 3, 17, 100_000):
        data = b"x" + b"".join(chosen.choices([*NASTY, b"abc"], k=60))
        data = data.replace(f"\r\n--{BOUNDARY}".encode(), b"")
        body = form((head("a.bin"), data), (head("b.bin"), data[::-1]))
        answer = await ada.post("/api/files", content=in_pieces(body, size), headers=FORM)
        assert answer.status_code == 201, answer.text
        for stored, wanted in zip(answer.json()["items"], (data, data[::-1]), strict=True):
            assert (await ada.get(f"/api/files/{stored['id']}/content")).content == wanted


PLAIN = ('Content-Disposition: form-data; name="file"', b"text")
BAD_FORMS: list[tuple[str, bytes, str]] = [
    ("no part", form(), "no file"),
    ("no body", b"", "cut off"),
    ("no form", b"hello", "form"),
    ("no end", form((head("a"), b"x"), end=""), "cut off"),
    ("cut in a header", b"--the-boundary\r\nContent-Dis", "cut off"),
    ("another field", form((head("a", "document"), b"x")), "'document'"),
    ("a plain field", form(PLAIN), "no name"),
    ("no file chosen", form((head(""), b"")), "no name"),
    ("a part of nothing", form(("Content-Type: text/plain", b"x")), "field"),
    ("an attachment", form(('Content-Disposition: attachment; filename="a"', b"x")), "field"),
    ("base64", form((head("a") + "\r\nContent-Transfer-Encoding: base64", b"eA==")), "base64"),
    ("a long header", form((head("a" * 5000), b"x")), "header"),
    ("many headers", form((head("a") + "\r\nX: 1" * 20, b"x")), "header"),
    ("21 files", form(*[(head(f"{k}"), b"x") for k in range(21)]), "20"),
    ("a good one first", form((head("good"), b"x" * 2_000_000), PLAIN), "no name"),
]


async def test_form_that_cannot_be_read_is_refused_with_the_cure_and_leaves_nothing(
    app: App, ada: httpx.AsyncClient
) -> None:
    for name, body, word in BAD_FORMS:
        for content in (body, in_pieces(body, 50 if len(body) < 10_000 else 70_001)):
            answer = await ada.post("/api/files", content=content, headers=FORM)
            assert answer.status_code == 400, name
            assert word in answer.json()["detail"], name
            assert answer.json()["errors"][0]["cure"], name
    assert await rows(app) == (0, 0)


async def test_multipart_that_is_no_form_with_a_boundary_is_refused(app: App, ada: httpx.AsyncClient) -> None:
    for kind in (
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=" + "x" * 300,
        "multipart/mixed; boundary=the-boundary",
        "MULTIPART/related; boundary=the-boundary",
    ):
        for address in ("/api/files", "/api/files?name=x"):
            body = form((head("a"), b"x"))
            answer = await ada.post(address, content=body, headers={"content-type": kind})
            assert answer.status_code == 400, kind
    assert (await ada.post("/api/files", content=b"no name")).status_code == 400
    assert await rows(app) == (0, 0)


async def test_file_over_the_limit_is_cut_off_while_it_streams_and_nothing_is_left(
    app: App, ada: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.settings.max_file_bytes = 2_000_000
    sent = 0

    async def endless(most: int) -> AsyncIterator[bytes]:
        nonlocal sent
        yield form((head("good"), b"x"), (head("big"), b""), end="")[: -len(BOUNDARY) - 4]
        while sent < most:
            sent += 65_536
            yield b"x" * 65_536

    answer = await ada.post("/api/files", content=endless(3_000_000), headers=FORM)
    assert answer.status_code == 413
    assert "MAX_FILE_BYTES" in answer.json()["detail"]
    assert answer.headers["connection"] == "close"
    assert await rows(app) == (0, 0)
    monkeypatch.setattr(linger, "LONGEST_S", 0.2)
    with suppress(httpx.TransportError):
        await ada.post("/api/files", content=endless(10**12), headers=FORM)
    assert sent < 10**10
    assert await rows(app) == (0, 0)


async def test_file_is_as_large_as_the_limit_and_no_byte_larger(app: App, ada: httpx.AsyncClient) -> None:
    app.settings.max_file_bytes = 2_000_000
    is_said = (True, False)
    for (size, status), said in product(((2_000_000, 201), (2_000_001, 413)), is_said):
        data = b"x" * size
        body = form((head("a"), data))
        answers = [
            await ada.post("/api/files", content=body if said else in_pieces(body, 99_999), headers=FORM),
            await ada.post("/api/files?name=a", content=data if said else in_pieces(data, 99_999)),
        ]
        assert [answer.status_code for answer in answers] == [status, status], (size, said)
    assert (await rows(app))[0] == 4


async def test_junk_around_a_form_is_limited_too(app: App, ada: httpx.AsyncClient) -> None:
    app.settings.max_file_bytes = 1024
    junk = in_pieces(b"\r\n" * 2_000_000 + form((head("a"), b"x")), 65_536)
    assert (await ada.post("/api/files", content=junk, headers=FORM)).status_code == 413
    assert await rows(app) == (0, 0)


async def test_upload_that_breaks_off_leaves_nothing(app: App, ada: httpx.AsyncClient, url: str) -> None:
    host, port = url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    beginning = form((head("a"), b"x" * 3_000_000), end="")
    writer.write(
        f"POST /api/files HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: {ada.headers['authorization']}\r\n"
        f"Content-Type: {FORM['content-type']}\r\nContent-Length: 9999999\r\n\r\n".encode()
        + beginning
    )
    await writer.drain()
    for _ in range(200):
        if await rows(app) > (0, 5):
            break
        await asyncio.sleep(0.01)
    assert await rows(app) > (0, 5), "it is stored while it comes"
    assert (await ada.get("/api/files")).json()["items"] == [], "nobody sees it before it is whole"
    writer.close()
    for _ in range(200):
        if await rows(app) == (0, 0):
            return
        await asyncio.sleep(0.01)
    raise AssertionError(await rows(app))


async def test_upload_that_stalls_is_given_up(
    app: App, ada: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "_STALLED_AFTER_S", 0.2)

    async def stalls() -> AsyncIterator[bytes]:
        yield form((head("a"), b"x" * 2_000_000), end="")
        await asyncio.sleep(1)
        yield b"--"

    answer = await ada.post("/api/files", content=stalls(), headers=FORM)
    assert answer.status_code == 400
    assert "Nothing came" in answer.json()["detail"]
    assert await rows(app) == (0, 0)


async def test_files_of_one_user_are_limited_together(
    app: App, ada: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    app.settings.max_files_bytes_per_user = 3_000_000
    first = await upload(ada, b"x" * 2_000_000)
    before = await rows(app)
    answer = await ada.post(
        "/api/files", files=[("file", ("b", b"x" * 900_000)), ("file", ("c", b"x" * 200_000))]
    )
    assert answer.status_code == 409
    assert "MAX_FILES_BYTES_PER_USER" in answer.json()["detail"]
    assert await rows(app) == before
    await upload(bob, b"x" * 2_000_000)
    assert (await ada.delete(f"/api/files/{first['id']}")).status_code == 204
    await upload(ada, b"x" * 3_000_000)


async def test_uploads_side_by_side_cannot_pass_the_users_limit_together(
    app: App, ada: httpx.AsyncClient
) -> None:
    app.settings.max_files_bytes_per_user = 5_000_000
    answers = await asyncio.gather(
        *(ada.post("/api/files?name=a", content=b"x" * 2_000_000) for _ in range(8))
    )
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) <= {201, 409}
    async with app.database.raw() as connection:
        stored = await connection.fetchval("SELECT coalesce(sum(size_bytes), 0) FROM file")
    assert stored == statuses.count(201) * 2_000_000 <= 5_000_000


async def test_repeated_upload_with_the_same_key_stores_nothing_twice(
    app: App, ada: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    headers = {"idempotency-key": "upload-1"}
    parts = [("file", (f"{k}.txt", b"x")) for k in range(3)]
    answers = [await ada.post("/api/files", files=parts, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert await rows(app) == (3, 3)
    his = (await bob.post("/api/files", files=parts, headers=headers)).json()["items"]
    assert not {one["id"] for one in his} & {one["id"] for one in answers[0].json()["items"]}
    for one in answers[0].json()["items"]:
        await ada.delete(f"/api/files/{one['id']}")
    assert (await ada.post("/api/files", files=parts, headers=headers)).status_code == 201


async def test_same_upload_twice_at_once_is_stored_once(app: App, ada: httpx.AsyncClient) -> None:
    headers = {"idempotency-key": "upload-1"}
    answers = await asyncio.gather(
        *(ada.post("/api/files?name=a", content=b"x" * 3_000_000, headers=headers) for _ in range(4))
    )
    assert 201 in [answer.status_code for answer in answers]
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert await rows(app) == (1, 12)


async def test_page_of_another_origin_uploads_nothing(app: App, ada: httpx.AsyncClient) -> None:
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        answer = await ada.post("/api/files", content=form((head("a"), b"x")), headers=FORM | headers)
        assert answer.status_code == 403
    assert await rows(app) == (0, 0)


KINDS = [
    "multipart/form-data; boundary=the-boundary",
    "Multipart/Form-Data; boundary=the-boundary",
    "multipart/form-data; boundary=application/json",
    "multipart/form-data, application/json",
    "application/x-www-form-urlencoded",
    "text/plain",
    "text/plain; application/json",
    "application/octet-stream",
    "application/jsonx",
    "json",
    "",
]


async def test_every_other_route_refuses_every_body_but_json(app: App, ada: httpx.AsyncClient) -> None:
    unsafe = [
        (method, path)
        for method, path in ACCESS
        if method in ("POST", "PUT", "PATCH", "DELETE") and not path.endswith("/ingress")
    ]
    others = [route for route in unsafe if route != ("POST", "/api/files")]
    assert 20 < len(others) == len(unsafe) - 1
    near = [("POST", "/api/files/"), ("PUT", "/api/files"), ("POST", "/api//files"), ("PATCH", "/api/files")]
    kinds = cycle(KINDS)
    for method, path in [*others, *near]:
        for kind in (KINDS[0], next(kinds), next(kinds)):
            body = form((head("a"), b"x"))
            address = path.replace("{", "").replace("}", "")
            answer = await ada.request(method, address, content=body, headers={"content-type": kind})
            assert answer.status_code == 400, (method, path, kind)
            assert answer.json()["errors"][0]["path"] == "Content-Type", (method, path, kind)
    assert await rows(app) == (0, 0)


async def test_second_content_type_makes_no_route_take_a_form(app: App, ada: httpx.AsyncClient) -> None:
    both = [FORM["content-type"], "application/json"]
    for kinds in (both, both[::-1]):
        headers = [("content-type", kind) for kind in kinds]
        answer = await ada.post("/api/graphs", content=form((head("a"), b"x")), headers=headers)
        assert answer.status_code == 400
    assert await rows(app) == (0, 0)


def test_no_route_lets_the_framework_read_a_form() -> None:
    included: list[Any] = [one for one in create_api().routes if not isinstance(one, APIRoute)]
    routers = [one.original_router for one in included]
    found = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    assert len(found) > 20
    for route in found:
        for field in route.dependant.body_params:
            assert type(field.field_info).__name__ not in ("Form", "File"), route.path


@pytest.mark.torture
async def test_uploads_take_no_more_memory_the_more_there_are(app: App, ada: httpx.AsyncClient) -> None:
    """20 files of 25 MiB in `make torture`, four of them in `make test`."""
    data = random.Random(3).randbytes(65_536)

    async def body() -> AsyncIterator[bytes]:
        yield form((head("a"), b""), end="")[: -len(BOUNDARY) - 4]
        for _ in range(25 * 16):
            yield data
        yield f"\r\n--{BOUNDARY}--\r\n".encode()

    process = psutil.Process()
    await upload(ada, data)
    gc.collect()
    before, most = process.memory_info().rss, 0
    for _ in range(20 if IS_WHOLE else 4):
        answer = await ada.post("/api/files", content=body(), headers=FORM)
        assert answer.status_code == 201
        assert answer.json()["items"][0]["size_bytes"] == 25 * 2**20
        most = max(most, process.memory_info().rss - before)
    print(f"grown by {most / 2**20:.1f} MiB")
    assert most < 60 * 2**20, most / 2**20
