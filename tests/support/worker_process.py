"""A process that accepts and executes runs, told what to do by lines of JSON; for tests that kill it.

python -m tests.support.worker_process --database-url URL --data-dir DIR [--heartbeat-s S --dead-after-s S]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from backend.app import App, open_app
from backend.blocks import catalogue
from backend.data.block import Decision
from backend.data.user_store import LOCAL_USER_ID
from backend.util.errors import BlockyardError
from backend.util.settings import Settings
from tests.support.durable import BLOCKS

INTERNAL = "internal"
"""Stands before errors that are not ours, which nobody should ever see."""
ROOT = Path(__file__).parents[2]


class Refused(Exception):
    """The process answered with an error."""


class Gone(Exception):
    """The process ended before it answered."""


@dataclass
class WorkerProcess:
    """The parent's view of such a process."""

    process: asyncio.subprocess.Process
    _answers: dict[int, asyncio.Future[Any]] = field(default_factory=dict[int, "asyncio.Future[Any]"])
    _ready: asyncio.Event = field(default_factory=asyncio.Event)
    _reading: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def is_alive(self) -> bool:
        return self.process.returncode is None

    @property
    def is_ready(self) -> bool:
        is_heard = self._reading is not None and not self._reading.done()
        return self._ready.is_set() and self.is_alive and is_heard

    async def ready(self, timeout_s: float = 30) -> WorkerProcess:
        async with asyncio.timeout(timeout_s):
            await self._ready.wait()
        return self

    async def submit(self, graph_id: str, value: Any, key: str | None = None) -> str:
        """The id of the accepted run.

        Raises:
            Refused: it was not accepted.
            Gone: the process ended; nobody knows.
        """
        return str(await self._ask({"do": "submit", "graph": graph_id, "x": value, "key": key}))

    async def decide(self, review_id: str, *, user_id: str = LOCAL_USER_ID) -> None:
        await self._ask({"do": "decide", "review": review_id, "user": user_id})

    async def cancel(self, run_id: str) -> str:
        return str(await self._ask({"do": "cancel", "run": run_id}))

    async def loops(self) -> list[str]:
        """The runs that are in its memory."""
        found: list[str] = await self._ask({"do": "loops"})
        return found

    def stall(self, seconds: float) -> None:
        """Block its event loop, from now on."""
        self._write({"do": "stall", "seconds": seconds, "n": 0})

    async def stop(self) -> None:
        """End in order."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._write({"do": "stop", "n": 0})
        await asyncio.wait_for(self.process.wait(), 30)
        await self._ended()

    async def kill(self) -> None:
        """kill -9."""
        if self.is_alive:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGKILL)
            await self.process.wait()
        await self._ended()

    async def _ended(self) -> None:
        if self._reading is not None:
            await self._reading

    async def _ask(self, question: dict[str, Any]) -> Any:
        number = len(self._answers) + 1
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        if not self.is_alive or self._reading is None or self._reading.done():
            raise Gone
        try:
            self._write({**question, "n": number})
        except (BrokenPipeError, ConnectionResetError) as error:
            raise Gone from error
        return await answer

    def _write(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(orjson.dumps(message) + b"\n")

    async def _read(self) -> None:
        assert self.process.stdout is not None
        with contextlib.suppress(ConnectionResetError):
            async for line in self.process.stdout:
                with contextlib.suppress(orjson.JSONDecodeError):  # a line cut off by the kill
                    self._take(orjson.loads(line))
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(Gone())
                answer.exception()

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("ready"):
            self._ready.set()
            return
        answer = self._answers[message["n"]]
        if answer.done():
            return
        if "error" in message:
            answer.set_exception(Refused(message["error"]))
        else:
            answer.set_result(message["result"])


async def start_worker(
    database_url: str,
    data_dir: Path,
    *,
    heartbeat_s: float = 0.2,
    dead_after_s: float = 1.0,
    max_runs: int = 200,
    log: Path | None = None,
) -> WorkerProcess:
    """Start one; await `ready()` before relying on it."""
    options = [
        f"--database-url={database_url}",
        f"--data-dir={data_dir}",
        f"--heartbeat-s={heartbeat_s}",
        f"--dead-after-s={dead_after_s}",
        f"--max-runs={max_runs}",
    ]
    with (log or Path(os.devnull)).open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.support.worker_process",
            *options,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            cwd=ROOT,
            process_group=0,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    made = WorkerProcess(process)
    made._reading = asyncio.create_task(made._read())
    return made


# -- the process itself --------------------------------------------------------------------------------------


def main() -> None:
    options = _options()
    settings = Settings(
        database_url=options.database_url,
        data_dir=options.data_dir,
        environment="test",
        heartbeat_s=options.heartbeat_s,
        dead_after_s=options.dead_after_s,
        max_runs_per_worker=options.max_runs,
        max_processes=1,
    )
    answers = os.dup(1)
    os.dup2(2, 1)  # what the program logs goes elsewhere
    for block in BLOCKS:
        catalogue().add(block)
    asyncio.run(_serve(settings, answers))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--heartbeat-s", type=float, default=0.2)
    parser.add_argument("--dead-after-s", type=float, default=1.0)
    parser.add_argument("--max-runs", type=int, default=200)
    return parser.parse_args()


async def _serve(settings: Settings, answers: int) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer
    )
    async with open_app(settings) as app:
        _say(answers, {"ready": True})
        async with asyncio.TaskGroup() as tasks:
            while line := await reader.readline():
                message = orjson.loads(line)
                if message["do"] == "stop":
                    return
                if message["do"] == "stall":
                    time.sleep(message["seconds"])
                else:
                    tasks.create_task(_answer(app, message, answers))


async def _answer(app: App, message: dict[str, Any], answers: int) -> None:
    try:
        result = await _do(app, message)
    except BlockyardError as error:
        _say(answers, {"n": message["n"], "error": f"{error.code}: {error}"})
    except Exception as error:
        _say(answers, {"n": message["n"], "error": f"{INTERNAL}: {error!r}"})
    else:
        _say(answers, {"n": message["n"], "result": result})


async def _do(app: App, message: dict[str, Any]) -> Any:
    if message["do"] == "submit":
        accepted = await app.worker.submit(
            LOCAL_USER_ID, message["graph"], {"x": message["x"]}, idempotency_key=message["key"]
        )
        return accepted.run_id
    if message["do"] == "decide":
        return await app.worker.decide(message["user"], message["review"], Decision(True, None))
    if message["do"] == "cancel":
        return str(await app.worker.cancel(LOCAL_USER_ID, message["run"]))
    return list(app.worker.loops)


def _say(answers: int, message: dict[str, Any]) -> None:
    os.write(answers, orjson.dumps(message) + b"\n")


if __name__ == "__main__":
    main()
