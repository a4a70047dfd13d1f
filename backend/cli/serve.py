"""`blockyard serve` and `blockyard worker`: the processes that stay."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.options import load_settings
from backend.cli.output import say

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
    from backend.server.serve import serve as serve_forever

    settings = load_settings(BLOCKYARD_HOST=host, BLOCKYARD_PORT=port)
    with asyncio.Runner(loop_factory=_new_loop) as runner:
        runner.run(serve_forever(settings, say))


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
