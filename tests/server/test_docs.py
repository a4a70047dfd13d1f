"""The commands in docs/api.md do what the page says."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from backend.app import App
from tests.server.conftest import make_person

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"


async def test_commands_of_the_page_work(app: App, url: str, tmp_path: Path) -> None:
    person = await make_person(app, "reader")
    commands = "\n".join(
        re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    )
    assert commands.count("ask $BLOCKYARD") + commands.count('ask "$BLOCKYARD') == 9
    shell = await asyncio.create_subprocess_exec(
        "bash",
        "-euo",
        "pipefail",
        "-c",
        commands,
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "BLOCKYARD": url, "KEY": person.key, "NO_PROXY": "*"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complaints = await shell.communicate()
    assert shell.returncode == 0, complaints.decode()
    text = said.decode()
    assert text.startswith('{"problems":[]}')
    assert "{'echo': ['Ada']}" in text
    assert text.endswith("None\n[]\n")
