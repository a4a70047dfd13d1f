"""Files over HTTP: downloaded whole or in part, named and typed with care, and nobody else's."""

from __future__ import annotations

import hashlib
import random

import httpx

from backend.app import App
from tests.server.file_bodies import FORM, form, head, rows, upload

SIZES = [0, 1, 262_143, 262_144, 262_145, 1_048_576, 1_048_577, 3_000_000]


async def test_file_of_any_size_comes_back_as_it_was(ada: httpx.AsyncClient) -> None:
    for size in SIZES:
        data = random.Random(size).randbytes(size)
        stored = await upload(ada, data)
        assert (stored["size_bytes"], stored["sha256"]) == (size, hashlib.sha256(data).hexdigest())
        answer = await ada.get(f"/api/files/{stored['id']}/content")
        assert (answer.status_code, answer.content) == (200, data), size
        assert answer.headers["content-length"] == str(size)


async def test_form_of_several_files_is_stored_in_its_order(ada: httpx.AsyncClient) -> None:
    parts = [("file", (f"{k}.txt", bytes([k]) * (k * 100_000), "text/plain")) for k in range(20)]
    answer = await ada.post("/api/files", files=parts)
    assert answer.status_code == 201
    items = answer.json()["items"]
    assert [one["name"] for one in items] == [f"{k}.txt" for k in range(20)]
    for k, one in enumerate(items):
        assert one["reference"] == f"file:{one['id']}"
        assert (await ada.get(f"/api/files/{one['id']}/content")).content == bytes([k]) * (k * 100_000)
    assert (await ada.get(f"/api/files/{items[3]['id']}")).json() == items[3]


NAMES = [
    ("report.pdf", "report.pdf"),
    ("größe 😀.txt", "größe 😀.txt"),
    ("../../etc/passwd", "passwd"),
    ("C:\\fakepath\\a.txt", "a.txt"),
    ("folder/", "folder"),
    ("..", "file"),
    ("a%0D%0Ab.txt", "ab.txt"),
    ("say %22hi%22.txt", 'say "hi".txt'),
    ("exe\u202etxt.png", "exetxt.png"),
    ("x" * 400 + ".txt", "x" * 251 + ".txt"),
]


async def test_name_loses_folders_and_what_cannot_be_seen(ada: httpx.AsyncClient) -> None:
    for given, expected in NAMES:
        answer = await ada.post("/api/files", content=form((head(given), b"x")), headers=FORM)
        assert answer.status_code == 201, given
        (stored,) = answer.json()["items"]
        assert stored["name"] == expected
        download = await ada.get(f"/api/files/{stored['id']}/content")
        disposition = download.headers["content-disposition"]
        assert disposition.startswith("attachment; filename=")
        assert "\r" not in disposition
        assert disposition.isascii()


TYPES = [
    ("a.png", "image/png", "image/png"),
    ("a.png", "Text/Plain; charset=utf-8", "text/plain"),
    ("a.png", "no type", "image/png"),
    ("a.png", "text/html\x01", "image/png"),
    ("a.html", "", "application/octet-stream"),
    ("a.svg", "", "application/octet-stream"),
    ("a.js", "", "application/octet-stream"),
    ("a.html", "text/html", "text/html"),
    ("a.unknown", "", "application/octet-stream"),
]


async def test_media_type_is_the_declared_one_else_what_the_name_says_and_never_active(
    ada: httpx.AsyncClient,
) -> None:
    for name, declared, expected in TYPES:
        kind = f"\r\nContent-Type: {declared}" if declared else ""
        body = form((head(name) + kind, b"<html><script>alert(1)</script>"))
        answer = await ada.post("/api/files", content=body, headers=FORM)
        assert answer.json()["items"][0]["media_type"] == expected, (name, declared)


async def test_only_pictures_are_shown_in_place(ada: httpx.AsyncClient) -> None:
    for kind, is_shown in [
        ("image/png", True),
        ("image/jpeg", True),
        ("image/svg+xml", False),
        ("text/html", False),
        ("application/xhtml+xml", False),
        ("application/pdf", False),
        ("text/plain", False),
    ]:
        stored = await upload(ada, b"<script>", "a", kind)
        for query, inline in [("", False), ("?inline=1", is_shown), ("?inline=0", False)]:
            headers = (await ada.get(f"/api/files/{stored['id']}/content{query}")).headers
            assert headers["content-disposition"].startswith("inline" if inline else "attachment"), kind
            assert headers["content-type"] == kind
            assert headers["x-content-type-options"] == "nosniff"
            assert "sandbox; default-src 'none'" in headers["content-security-policy"]


RANGES: list[tuple[str, int, slice | None]] = [
    ("bytes=0-9", 206, slice(0, 10)),
    ("bytes=262140-262150", 206, slice(262140, 262151)),
    ("bytes=1500000-", 206, slice(1_500_000, None)),
    ("bytes=-5", 206, slice(-5, None)),
    ("bytes=-99999999", 206, slice(0, None)),
    ("bytes=1999999-99999999", 206, slice(1_999_999, None)),
    ("bytes=2000000-", 416, None),
    ("bytes=-0", 416, None),
    ("bytes=5-1", 200, slice(0, None)),
    ("bytes=0-1,5-6", 200, slice(0, None)),
    ("bytes=a-b", 200, slice(0, None)),
    ("lines=0-1", 200, slice(0, None)),
    ("bytes=-", 200, slice(0, None)),
]


async def test_part_of_a_file_is_what_the_range_says(ada: httpx.AsyncClient) -> None:
    data = random.Random(1).randbytes(2_000_000)
    address = f"/api/files/{(await upload(ada, data))['id']}/content"
    for asked, status, part in RANGES:
        answer = await ada.get(address, headers={"range": asked})
        assert answer.status_code == status, asked
        if part is None:
            assert answer.headers["content-range"] == "bytes */2000000"
            assert answer.json()["code"] == "range_refused"
        else:
            assert answer.content == data[part], asked
            assert ("content-range" in answer.headers) is (status == 206)
    answer = await ada.get(address, headers={"range": "bytes=10-19"})
    assert answer.headers["content-range"] == "bytes 10-19/2000000"


async def test_caller_that_has_the_file_gets_304_and_a_range_of_another_file_gets_the_whole(
    ada: httpx.AsyncClient,
) -> None:
    address = f"/api/files/{(await upload(ada, b'0123456789'))['id']}/content"
    etag = (await ada.get(address)).headers["etag"]
    again = await ada.get(address, headers={"if-none-match": f'W/"x", {etag}'})
    assert (again.status_code, again.content) == (304, b"")
    for condition, status in [(etag, 206), ('"another"', 200)]:
        answer = await ada.get(address, headers={"range": "bytes=0-1", "if-range": condition})
        assert answer.status_code == status


async def test_list_is_newest_first_in_pages_and_can_be_filtered(app: App, ada: httpx.AsyncClient) -> None:
    names = [f"{'report' if k % 2 else 'Photo_%'} {k}" for k in range(7)]
    for k, name in enumerate(names):
        await upload(ada, b"x", name, **{"idempotency-key": f"k{k}"})
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = (await ada.get("/api/files", params=query)).json()
        seen += [one["name"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == names[::-1]
    for part, count in [("REPORT", 3), ("_%", 4), ("%", 4), ("o%", 0), ("nothing", 0)]:
        assert len((await ada.get("/api/files", params={"q": part})).json()["items"]) == count, part
    assert (await ada.get("/api/files", params={"run_id": "absent"})).json()["items"] == []
    for wrong in ("x", "1_", "99999999999999999_x", "_"):
        answer = await ada.get("/api/files", params={"cursor": wrong})
        assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "cursor")


async def test_file_of_another_answers_as_one_that_does_not_exist(
    app: App, ada: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    file_id = (await upload(ada, b"hers"))["id"]
    absent = "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
    for method, end in [("GET", ""), ("GET", "/content"), ("GET", "/content?inline=1"), ("DELETE", "")]:
        answers = [await bob.request(method, f"/api/files/{one}{end}") for one in (file_id, absent)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].text.replace(file_id, absent) == answers[1].text
    assert (await bob.get("/api/files")).json()["items"] == []
    assert (await ada.get(f"/api/files/{file_id}/content")).content == b"hers"


async def test_deleted_file_is_gone_and_the_deed_is_in_the_audit_log(
    app: App, ada: httpx.AsyncClient
) -> None:
    file_id = (await upload(ada, b"x" * 300_000))["id"]
    assert (await ada.delete(f"/api/files/{file_id}")).status_code == 204
    assert (await ada.get(f"/api/files/{file_id}")).status_code == 404
    assert (await ada.delete(f"/api/files/{file_id}")).status_code == 404
    assert await rows(app) == (0, 0)
    async with app.database.raw() as connection:
        (entry,) = await connection.fetch("SELECT * FROM audit_entry WHERE action = 'file.delete'")
    assert (entry["target_kind"], entry["target_id"]) == ("file", file_id)
