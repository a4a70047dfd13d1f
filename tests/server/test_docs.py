"""The commands in docs/api.md do what the page says."""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path

from backend.app import App
from backend.data.user_store import create_user
from backend.server.access import ACCESS
from backend.server.passwords import Passwords
from backend.util.clock import new_id

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
EMAIL, PASSWORD = "reader@example.com", "correct horse battery"
BLOCKS: list[str] = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_from_login_to_a_watched_run_is_ten_lines() -> None:
    lines = [line for line in BLOCKS[0].splitlines() if line]
    assert len(lines) <= 10
    assert "auth/login" in BLOCKS[0]
    assert "/stream" in BLOCKS[0]


async def _run(app: App, url: str, folder: Path, commands: str) -> list[str]:
    """What the commands print, as a new reader with a password."""
    async with app.database.begin() as connection:
        password_hash = await Passwords().hash(PASSWORD)
        await create_user(
            connection,
            user_id=new_id(),
            email=EMAIL,
            name="Reader",
            role="editor",
            password_hash=password_hash,
        )
    shutil.copytree(ROOT / "examples", folder / "examples")
    environment = {"PATH": "/usr/bin:/bin:/usr/local/bin", "NO_PROXY": "*", "TMPDIR": str(folder)}
    shell = await asyncio.create_subprocess_exec(
        *("bash", "-euo", "pipefail", "-c", commands),
        cwd=folder,
        env={**environment, "BLOCKYARD": url, "EMAIL": EMAIL, "PASSWORD": PASSWORD},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complaints = await shell.communicate()
    assert shell.returncode == 0, (said.decode(), complaints.decode())
    return said.decode().splitlines()


async def test_ten_lines_watch_a_run_to_its_end(app: App, url: str, tmp_path: Path) -> None:
    said = await _run(app, url, tmp_path, BLOCKS[0])
    assert said[0] == "Reader"
    assert said[-1] == "{'greeting': ['Hello, Ada!']}"
    assert "event: end" in said
    numbers = [int(line.removeprefix("id: ")) for line in said if line.startswith("id: ")]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_all_commands_of_the_page_work(app: App, url: str, tmp_path: Path) -> None:
    said = await _run(app, url, tmp_path, "\n".join(BLOCKS))
    assert "editor" in said
    assert said.count("{'greeting': ['Hello, Ada!']}") == 2
    assert (tmp_path / "same.json").read_bytes() == (ROOT / "examples" / "hello.json").read_bytes()


def test_page_names_every_group_of_routes() -> None:
    table = PAGE.split("## The groups", 1)[1].split("\n## ", 1)[0]
    nouns = {path.split("/")[2] for _, path in ACCESS if path.startswith("/api/")} - {"openapi.json"}
    assert {noun for noun in nouns if f"`{noun}" not in table} == set()
