"""Follows what is saved: blocks are reloaded in place; for anything else the server starts again, in order."""

from __future__ import annotations

import asyncio
import re
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from backend.blocks.load_error import FOLDER, LoadError, shown
from backend.server.development.modules import BlockModules
from backend.server.development.sources import module_of
from backend.server.state import App
from backend.util.clock import now

log = structlog.get_logger(__name__)

BACKEND = FOLDER.parent
QUIET_MS = 50
"""Saves that come within so short a time are one."""
_LONGEST_MS = 200
_TRIAL_S = 60
_OUTSIDE = "outside"
"""The key of the error that keeps the server from starting again; no module of blocks is called so."""
_MAIN = ("backend.cli", "backend.server.serve", "backend.server.http")


@asynccontextmanager
async def following(app: App, modules: BlockModules, start_again: Callable[[], None]) -> AsyncGenerator[None]:
    """Follow the source until the block is left. `start_again` is called at most once."""
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(_follow(app, modules, start_again))
        try:
            yield
        finally:
            task.cancel()


async def _follow(app: App, modules: BlockModules, start_again: Callable[[], None]) -> None:
    try:
        from watchfiles import awatch  # pyright: ignore[reportUnknownVariableType]  # it may be trio's, too
    except ImportError:
        log.warning(
            "development.not_followed",
            cure="Saved files are not reloaded: watchfiles is missing. `make setup` installs it.",
        )
        return
    if await _take(app, modules, _saved_since(modules.read_at)):
        start_again()
        return
    log.info("development.followed", folder=str(BACKEND))
    try:
        async for changes in awatch(
            BACKEND, watch_filter=lambda _, path: is_source(path), step=QUIET_MS, debounce=_LONGEST_MS
        ):
            if await _take(app, modules, {Path(path) for _, path in changes}):
                start_again()
                return
    except OSError as error:
        log.warning("development.not_followed", cure=f"Saved files are not reloaded: {error}.")


def is_source(path: str) -> bool:
    """Whether it is a file of Python's, or may be a folder of them that was moved."""
    name = path.rpartition("/")[2]
    is_named_so = "." not in name.removesuffix(".py")  # editors keep `.#words.py` beside it
    return is_named_so and "__pycache__" not in path


def _saved_since(moment: float) -> set[Path]:
    return {file for file in BACKEND.rglob("*.py") if file.stat().st_mtime > moment}


async def _take(app: App, modules: BlockModules, files: Iterable[Path]) -> bool:
    """Reload what blocks were saved. True: something else was, and the server can start again."""
    await _take_blocks(app, modules, files)
    outside = [file for file in files if file.suffix == ".py" and module_of(file) is None]
    if not outside:
        return False
    error = await _why_not_start()
    errors = {name: one for name, one in modules.catalogue.load_errors.items() if name != _OUTSIDE}
    if error is None:
        log.info("development.starts_again", files=[shown(file) for file in outside])
        return True
    log.warning("development.cannot_start_again", file=error.file, line=error.line, problem=error.message)
    modules.tell_errors({**errors, _OUTSIDE: error})
    return False


async def _take_blocks(app: App, modules: BlockModules, files: Iterable[Path]) -> None:
    began = time.perf_counter()
    loaded = await asyncio.to_thread(modules.reload, files)
    if not loaded.blocks and not loaded.errors:
        return
    modules.take(loaded)
    app.worker.blocks_changed()
    took_ms = round((time.perf_counter() - began) * 1000)
    log.info("development.reloaded", modules=sorted(loaded.blocks), took_ms=took_ms)
    for error in modules.catalogue.load_errors.values():
        log.warning("development.not_loaded", file=error.file, line=error.line, problem=error.message)


async def _why_not_start() -> LoadError | None:
    """Import what the server consists of in a process of its own, and read its settings; None: all is well."""
    names = {name for name in sys.modules if name.startswith("backend.") and not _is_of_blocks(name)}
    lines = [f"import {name}" for name in sorted(names & _on_disk(names) | {*_MAIN})]
    script = "\n".join([*lines, "from backend.util.settings import Settings", "Settings()"])
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE
    )
    try:
        async with asyncio.timeout(_TRIAL_S):
            _, said = await process.communicate()
    except TimeoutError:
        process.kill()
        return LoadError("backend", None, f"Importing it takes longer than {_TRIAL_S} s.", now())
    return None if process.returncode == 0 else error_in(said.decode(errors="replace"))


def _is_of_blocks(name: str) -> bool:
    return name.startswith("backend.blocks.")


def _on_disk(names: Iterable[str]) -> set[str]:
    """Those whose file is still there: one that was deleted is missed only by those that import it."""
    files = ((name, getattr(sys.modules[name], "__file__", None)) for name in names)
    return {name for name, file in files if file is not None and Path(file).is_file()}


def error_in(traceback: str) -> LoadError:
    """What Python printed, as the last place in our files and the last line."""
    places = [
        (Path(file), int(line))
        for file, line in re.findall(r'File "(.+?)", line (\d+)', traceback)
        if Path(file).is_relative_to(BACKEND)
    ]
    file, line = places[-1] if places else (BACKEND, None)
    lines = traceback.strip().splitlines()
    return LoadError(shown(file), line, lines[-1] if lines else "Python ended without a word.", now())
