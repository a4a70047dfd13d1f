"""What README.md shows of webhooks works as it stands there."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
from pathlib import Path
from typing import Any

from tests.support.command_line import ROOT
from tests.support.deployment import Deployment, Process, deployed


def _lines() -> str:
    """The commands of the section."""
    readme = (ROOT / "README.md").read_text()
    section = readme.partition("\n## Receive a webhook\n")[2].partition("\n## ")[0]
    found = re.search(r"```bash\n(.*?)```", section, re.DOTALL)
    assert found is not None
    return found[1]


async def _run(deployment: Deployment, server: Process, script: str) -> str:
    environment = {**deployment.environment, "BLOCKYARD_URL": server.url, "KEY": deployment.key}
    done = await asyncio.to_thread(
        subprocess.run,
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _objects(text: str) -> list[Any]:
    """JSON documents that follow one another."""
    found: list[Any] = []
    rest = text.strip()
    while rest:
        value, end = json.JSONDecoder().raw_decode(rest)
        found.append(value)
        rest = rest[end:].strip()
    return found


def test_five_lines_are_of_use_and_begin_with_the_graph() -> None:
    calls = [line for line in _lines().splitlines() if line and not line.startswith(("U=", "part()"))]
    assert len(calls) == 5
    assert "examples/webhook.json" in calls[0]


async def test_lines_of_the_readme_start_a_run_with_the_event(database_url: str, tmp_path: Path) -> None:
    async with deployed(database_url, tmp_path) as deployment:
        server = await deployment.start("serve").ready()
        taken, runs = _objects(await _run(deployment, server, _lines()))
        async with deployment.client(server) as client:
            (run_id,) = taken["run_ids"]
            assert [run["run_id"] for run in runs["items"]] == [run_id]
            while (run := (await client.get(f"/api/runs/{run_id}")).json())["status"] in (
                "queued",
                "running",
            ):
                await asyncio.sleep(0.05)
        assert (run["status"], run["outputs"]) == ("completed", {"event": [{"greeting": "Hello, Ada!"}]})
        forged = _lines().replace("sha256=$SIGNATURE", "sha256=$(printf %064d 0)")
        refused, runs = _objects(await _run(deployment, server, forged))
        assert (refused["status"], runs["items"]) == (401, [])
