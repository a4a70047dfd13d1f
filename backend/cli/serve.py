"""`blockyard serve` and `blockyard worker`: the processes that stay."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from backend.cli.options import load_settings
from backend.cli.output import say
from backend.util.errors import BlockyardError

if TYPE_CHECKING:
    from backend.app import App
    from backend.util.settings import Settings

app = typer.Typer()

SERVE_EPILOG = """Examples:

  blockyard serve

  blockyard --data-dir ./data serve --port 9000

  blockyard serve --host 0.0.0.0   (needs an owner: open the page once on this machine first)"""

WORKER_EPILOG = """Examples:

  blockyard worker   (takes queued runs until it is stopped; start as many as there are cores)

  DATABASE_URL=postgresql://user:password@host/blockyard blockyard worker   (on another machine)"""


@app.command(epilog=SERVE_EPILOG)
def serve(
    host: Annotated[str | None, typer.Option(help="Where to listen (BLOCKYARD_HOST)")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Which port (BLOCKYARD_PORT)")] = None,
) -> None:
    """Serve the page and the API, and execute runs, until Ctrl-C."""
    settings = load_settings(BLOCKYARD_HOST=host, BLOCKYARD_PORT=port)
    if settings.environment != "development":
        _serve(settings)
    elif _serve_while_written(settings):
        _start_again()


def _serve(settings: Settings) -> bool:
    """True: it is to be started again."""
    from backend.server.serve import serve as serve_forever

    with asyncio.Runner(loop_factory=_new_loop) as runner:
        return runner.run(serve_forever(settings, say))


def _serve_while_written(settings: Settings) -> bool:
    """The same, but a fault in the source that ends it is said, and the next save starts it again."""
    try:
        return _serve(settings)
    except Exception as error:
        if ExceptionGroup("", [error]).split(BlockyardError)[1] is None:
            raise
        from watchfiles import PythonFilter, watch

        traceback.print_exception(error)
        say("Blockyard cannot go on. It starts again when a file is saved; Ctrl-C ends it.")
        for _ in watch(Path(__file__).parents[1], watch_filter=PythonFilter()):
            return True
        return False


def _start_again() -> NoReturn:
    """Become the same command anew: the number of the process stays, and so does whoever waits for it."""
    from backend.util.bounded.pool import pool

    pool.close()  # `exec` calls nothing of what is registered for the end
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  # our own command


@app.command(epilog=WORKER_EPILOG)
def worker() -> None:
    """Execute queued runs until Ctrl-C; what is unfinished then goes to the next worker."""
    settings = load_settings()
    with asyncio.Runner(loop_factory=_new_loop) as runner:
        runner.run(_work(settings))


def _new_loop() -> asyncio.AbstractEventLoop:
    import uvloop

    return uvloop.new_event_loop()


async def _work(settings: Settings) -> None:
    from backend.app import open_app
    from backend.server.serve import answering_health
    from backend.util.log import configure

    configure(is_production=settings.environment == "production", level=settings.log_level)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with open_app(settings, progress=say) as opened, answering_health(opened):
        opened.catalogue.forget_examples()
        await _until_stopped(opened, stopped)
        opened.draining.set()
        await opened.worker.hand_over()
    say("Stopped.")


async def _until_stopped(opened: App, stopped: asyncio.Event) -> None:
    from backend.cli.session import take_up
    from backend.data.user_store import LOCAL_USER_ID

    await take_up(opened, LOCAL_USER_ID)
    say(f"Worker {opened.worker.id} takes runs. Ctrl-C stops it.")
    await stopped.wait()
    say("Stopping: what is unfinished goes to the next worker.")
