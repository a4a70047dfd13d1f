"""A server in development follows what is saved: a real process over a copy of the source, seen through HTTP."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.server.conftest import OUTPUT, graph_json, link, node
from tests.support.command_line import ROOT
from tests.support.deployment import Deployment, Process, deployed, free_port

GREET, COUNT = "3c5cf2c6-9df5-4d1c-8a58-6a4a8e6d1c01", "3c5cf2c6-9df5-4d1c-8a58-6a4a8e6d1c02"
TOO_LONG_S = 60.0
COPIED = {"basic", "example", "inputs", "logic"}

BLOCK = '''"""A block on trial."""

from typing import Any

from backend.data.block import Block, BlockOutput
from backend.data.model import BlockSchema, SchemaField


class {name}(Block):
    """Says something."""

    id = "{id}"
    {flags}

    class Input(BlockSchema):
        who: str = SchemaField(default="you", description="Who")
        {inputs}

    class Output(BlockSchema):
        said: str = SchemaField(description="What it says")

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        {run}
'''


def block_source(
    run: str = 'yield "said", "hello"',
    *,
    name: str = "GreetBlock",
    id: str = GREET,
    flags: str = "",
    inputs: str = "",
) -> str:
    return BLOCK.format(run=run, name=name, id=id, flags=flags, inputs=inputs)


@dataclass
class Development:
    """A server over a copy of `backend`, whose files the test writes."""

    root: Path
    deployment: Deployment
    client: httpx.AsyncClient | None = None
    process: Process | None = None
    took_s: list[float] = field(default_factory=list[float])

    @property
    def blocks(self) -> Path:
        return self.root / "backend" / "blocks"

    @property
    def api(self) -> httpx.AsyncClient:
        assert self.client is not None
        return self.client

    async def start(self, environment: str = "development") -> Process:
        """`blockyard serve`, ready."""
        port, log = free_port(), self.root / "serve.log"
        own = {"BLOCKYARD_PORT": str(port), "ENVIRONMENT": environment, "PYTHONPATH": str(self.root)}
        with log.open("wb") as said:
            popen = subprocess.Popen(
                [sys.executable, "-m", "backend.cli", "serve"],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                cwd=self.root,
                env={**self.deployment.environment, **own},
            )
        self.process = Process(popen, f"http://127.0.0.1:{port}", log, self.deployment.asker)
        self.deployment.processes.append(self.process)
        await self.process.ready()
        self.client = self.deployment.client(self.process)
        return self.process

    def write(self, name: str, source: str) -> None:
        file = self.root / "backend" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source)

    async def until(self, is_so: Callable[[], Awaitable[bool]]) -> float:
        """How long it took until it was seen through HTTP, in seconds; counted for the median."""
        began = time.monotonic()
        while not await is_so():
            took_s = time.monotonic() - began
            assert took_s < TOO_LONG_S, self.log
            await asyncio.sleep(0.02)
        self.took_s.append(time.monotonic() - began)
        return self.took_s[-1]

    @property
    def log(self) -> str:
        assert self.process is not None
        return self.process.log.read_text()

    async def block(self, block_id: str = GREET) -> dict[str, Any] | None:
        answer = await self.api.get(f"/api/blocks/{block_id}")
        return dict(answer.json()) if answer.status_code == 200 else None

    async def has(self, block_id: str = GREET) -> bool:
        return await self.block(block_id) is not None

    async def pins(self) -> list[str]:
        block = await self.block()
        return [pin["name"] for pin in block["inputs"]] if block else []

    async def errors(self) -> list[dict[str, Any]]:
        answer = await self.api.get("/api/blocks/load-errors")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def said(self, graph_id: str, **body: Any) -> Any:
        """What a run of the graph gives."""
        answer = await self.api.post(f"/api/graphs/{graph_id}/runs", json={"wait": 30, **body})
        assert answer.status_code == 200, answer.text
        return answer.json()["outputs"].get("said")

    async def graph(self, block_id: str = GREET) -> str:
        nodes = [node("greet", block_id), node("out", OUTPUT, name="said")]
        body = graph_json("greets", nodes, [link("greet.said", "out.value")])
        answer = await self.api.post("/api/graphs", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


def _left_out(folder: str, names: list[str]) -> set[str]:
    """The built page, and most blocks: what is about reloading needs few of them."""
    if Path(folder) == ROOT / "backend" / "blocks":
        return {name for name in names if name not in COPIED and not name.endswith(".py")}
    return {"page"}


@pytest.fixture
async def development(database_url: str, tmp_path: Path) -> AsyncIterator[Development]:
    shutil.copytree(ROOT / "backend", tmp_path / "backend", ignore=_left_out)
    async with deployed(database_url, tmp_path, HEARTBEAT_S="0.3", DEAD_AFTER_S="30") as deployment:
        made = Development(tmp_path, deployment)
        made.write("blocks/trial/__init__.py", '"""Blocks on trial."""\n')
        yield made
        if made.client is not None:
            await made.client.aclose()


async def test_what_is_saved_is_in_the_catalogue_within_a_second(development: Development) -> None:
    await development.start()
    for round_no in range(3):
        extra = f'more_{round_no}: str = SchemaField(default="", description="More")'
        development.write("blocks/trial/greet.py", block_source())
        await development.until(development.has)
        development.write("blocks/trial/greet.py", block_source(inputs=extra))
        await development.until(partial(_has_pin, development, f"more_{round_no}"))
        development.write("blocks/trial/greet.py", block_source(inputs=extra) + "\nthis is no Python\n")
        await development.until(lambda: _count_errors(development, 1))
        [error] = await development.errors()
        assert error["file"] == "backend/blocks/trial/greet.py"
        assert (error["line"], error["message"].partition(":")[0]) == (25, "SyntaxError")
        assert f"more_{round_no}" in await development.pins(), "what was loaded last stays"
        development.write("blocks/trial/greet.py", block_source())
        await development.until(lambda: _count_errors(development, 0))
        assert await development.pins() == ["who"]
        (development.blocks / "trial" / "greet.py").unlink()
        await development.until(lambda: _is_gone(development))
    times = sorted(development.took_s)
    print(f"seconds from saving to being seen: {[round(took, 3) for took in times]}")
    assert len(times) == 15
    assert statistics.median(times) <= 1.0, times


async def _has_pin(development: Development, pin: str) -> bool:
    return pin in await development.pins()


async def _count_errors(development: Development, count: int) -> bool:
    return len(await development.errors()) == count


async def _is_gone(development: Development) -> bool:
    return not await development.has()


async def test_what_shares_a_file_is_reloaded_with_it_and_mended_with_it(development: Development) -> None:
    uses = 'from backend.blocks.trial._words import WORD\nyield "said", WORD'.replace("\n", "\n        ")
    top = block_source('yield "said", WORD').replace(
        "from typing import Any", "from typing import Any\n\nfrom backend.blocks.trial import _words"
    )
    top = top.replace("\n\nclass ", "\n\nWORD = _words.WORD\n\n\nclass ")
    development.write("blocks/trial/_words.py", 'WORD = "one"\n')
    development.write("blocks/trial/greet.py", top)
    development.write("blocks/trial/count.py", block_source(uses, name="CountBlock", id=COUNT))
    await development.start()
    greet, count = await development.graph(), await development.graph(COUNT)
    assert [await development.said(greet), await development.said(count)] == [["one"], ["one"]]
    development.write("blocks/trial/_words.py", 'WORD = "two"\n')
    await development.until(lambda: _says(development, greet, "two"))
    assert await development.said(count) == ["two"]
    development.write("blocks/trial/_words.py", "WORDS = ()\n")
    await development.until(lambda: _count_errors(development, 1))
    [error] = await development.errors()
    assert error["file"] == "backend/blocks/trial/greet.py"
    assert "WORD" in error["message"]
    assert await development.said(greet) == ["two"]
    development.write("blocks/trial/_words.py", 'WORD = "six"\n')
    await development.until(lambda: _says(development, greet, "six"))
    assert await development.errors() == []


async def _says(development: Development, graph_id: str, word: str) -> bool:
    return bool(await development.said(graph_id) == [word])


async def test_run_that_goes_on_keeps_its_block_and_new_runs_take_the_new(development: Development) -> None:
    gate = development.root / "gate"
    slow = f"""import pathlib, time
        pathlib.Path({str(gate)!r}).touch()
        while pathlib.Path({str(gate)!r}).exists():
            time.sleep(0.02)
        yield "said", "old"
    """
    development.write("blocks/trial/greet.py", block_source(slow))
    await development.start()
    graph_id = await development.graph()
    going_on = asyncio.create_task(development.said(graph_id))
    while not gate.exists():
        await asyncio.sleep(0.02)
    inputs = 'more: str = SchemaField(default="", description="More")'
    development.write("blocks/trial/greet.py", block_source('yield "said", "new"', inputs=inputs))
    await development.until(lambda: _has_pin(development, "more"))
    assert await development.said(graph_id) == ["new"]
    gate.unlink()
    assert await going_on == ["old"]


async def test_block_in_another_process_is_the_new_one(development: Development) -> None:
    flags = "cpu_bound = True"
    development.write("blocks/trial/greet.py", block_source('yield "said", "one"', flags=flags))
    await development.start()
    graph_id = await development.graph()
    assert await development.said(graph_id) == ["one"]
    development.write("blocks/trial/greet.py", block_source('yield "said", "two"', flags=flags))
    await development.until(lambda: _says(development, graph_id, "two"))


async def test_file_that_does_not_load_keeps_no_server_from_starting(development: Development) -> None:
    development.write("blocks/trial/broken.py", "from backend.blocks.trial import nowhere_to_be_found\n")
    development.write(
        "blocks/trial/unshowable.py", block_source(inputs='what: slice = SchemaField(description="What")')
    )
    development.write("blocks/stray/word.py", block_source(name="StrayBlock", id=COUNT))
    await development.start()
    assert await development.has(OUTPUT)
    errors = {Path(error["file"]).name: error for error in await development.errors()}
    assert sorted(errors) == ["broken.py", "unshowable.py", "word.py"]
    assert (errors["broken.py"]["line"], "nowhere_to_be_found" in errors["broken.py"]["message"]) == (1, True)
    assert errors["unshowable.py"]["line"] == 9
    assert "__init__.py" in errors["word.py"]["message"]
    development.write("blocks/stray/__init__.py", "")
    await development.until(lambda: development.has(COUNT))
    assert len(await development.errors()) == 2


async def test_second_block_of_an_id_is_told_and_the_first_stays(development: Development) -> None:
    development.write("blocks/trial/greet.py", block_source())
    await development.start()
    development.write("blocks/trial/copy.py", block_source(name="CopiedBlock"))
    await development.until(lambda: _count_errors(development, 1))
    [error] = await development.errors()
    assert error["file"] == "backend/blocks/trial/copy.py"
    assert "GreetBlock" in error["message"]
    assert (await development.block() or {})["name"] == "GreetBlock"
    (development.blocks / "trial" / "greet.py").unlink()
    await development.until(lambda: _count_errors(development, 0))
    assert (await development.block() or {})["name"] == "CopiedBlock"


async def test_change_outside_of_blocks_starts_the_server_again_when_it_can_start(
    development: Development,
) -> None:
    process = await development.start()
    pid = process.popen.pid
    providers = development.root / "backend" / "integrations" / "providers.py"
    good = providers.read_text()
    started = (await development.api.get("/api/blocks")).json()["revision"]
    providers.write_text(good + "\nthis is no Python\n")
    await development.until(lambda: _count_errors(development, 1))
    [error] = await development.errors()
    assert error["file"] == "backend/integrations/providers.py"
    assert error["line"] == good.count("\n") + 2
    assert error["message"].startswith("SyntaxError")
    providers.write_text(good + '\nSAVED = "again"\n')
    await development.until(lambda: _starts(development, 2))
    assert (await development.errors(), process.popen.poll()) == ([], None)
    assert (await development.api.get("/api/blocks")).json()["revision"] > started
    assert Path(f"/proc/{pid}").exists()
    development.write("blocks/trial/greet.py", block_source())
    await development.until(development.has)
    process.tell_to_end()
    assert await process.ended(20) == 0


async def _starts(development: Development, times: int) -> bool:
    """Whether it has said its address so often, and answers."""
    with suppress(httpx.HTTPError):
        is_up = (await development.api.get("/api/health/ready")).status_code == 200
        return is_up and len(re.findall("Blockyard is at", development.log)) == times
    return False


async def test_server_whose_source_cannot_start_waits_for_the_next_save(development: Development) -> None:
    providers = development.root / "backend" / "integrations" / "providers.py"
    good = providers.read_text()
    providers.write_text(good + "\nthis is no Python\n")
    starting = asyncio.create_task(development.start())
    log = development.root / "serve.log"
    while not (log.exists() and "starts again when a file is saved" in log.read_text()):
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.3)
    providers.write_text(good)
    await starting
    assert log.read_text().count("SyntaxError") == 1
    assert await development.errors() == []


async def test_in_production_nothing_is_followed(development: Development) -> None:
    development.write("blocks/trial/greet.py", block_source())
    process = await development.start("production")
    development.write("blocks/trial/greet.py", "this is no Python")
    os.utime(development.root / "backend" / "cli" / "serve.py")
    await asyncio.sleep(1)
    assert (await development.api.get("/api/blocks")).json()["revision"] is None
    answer = await development.api.get("/api/blocks/load-errors")
    assert answer.json() == {"items": [], "revision": None}
    assert await development.has()
    assert process.popen.poll() is None
