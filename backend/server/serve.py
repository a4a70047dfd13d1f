"""`blockyard serve`: opens everything, listens, and hands over in order when it is told to end."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import signal
import socket
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING

from backend.blocks import Catalogue, catalogue
from backend.data.user_store import has_owner
from backend.executor.worker import tune_collector
from backend.server.state import App, open_app
from backend.util.errors import SetupProblem
from backend.util.own_address import http_url
from backend.util.settings import Settings

if TYPE_CHECKING:
    import uvicorn

    from backend.server.development.modules import BlockModules

Progress = Callable[[str], None]
GRACE_S = 10
_IDLE_S = 30
_BACKLOG = 2048
_LONGEST_MESSAGE = 65_536
"""Bytes that a WebSocket may send at once."""
_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


async def serve(settings: Settings, progress: Progress) -> bool:
    """Serve until SIGTERM or SIGINT: then answer what has begun, give unfinished runs back, and end.

    `progress` gets lines for a person: what is opened, the address, the setup token at the first start.
    True: it is to be started again, for its source has changed. That happens in development only.

    Raises:
        SetupProblem, Unavailable: it cannot start; the message has the cure. From within the worker's task
            group they come in an ExceptionGroup.
    """
    from backend.util.log import configure

    configure(is_production=settings.environment == "production", level=settings.log_level)
    stop = Stop()
    modules = _modules_that_change(settings)
    load_blocks = catalogue if modules is None else modules.load
    imports = asyncio.get_running_loop().run_in_executor(None, _import_the_rest, load_blocks)
    with bound(settings.host, settings.port) as listener:
        async with open_app(settings, progress=progress, load_blocks=load_blocks) as app:
            await imports
            if not stop.is_asked.is_set():
                async with _following(app, modules, stop):
                    await _serve_app(app, listener, stop, progress)
    return stop.starts_again


class Stop:
    """Asked for by the first signal, from the start on; a second one does not wait for requests that have begun."""

    def __init__(self) -> None:
        self.is_asked = asyncio.Event()
        self.is_urgent = asyncio.Event()
        self.starts_again = False
        self.server: uvicorn.Server | None = None
        for number in _STOP_SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self._on_signal)

    def _on_signal(self) -> None:
        if self.is_asked.is_set():
            self.is_urgent.set()
            if self.server is not None:
                self.server.force_exit = True
        self.starts_again = False
        self.is_asked.set()

    def start_again(self) -> None:
        """End as a signal would have it; who called is told that there is to be another process."""
        if not self.is_asked.is_set():
            self.starts_again = True
            self.is_asked.set()


def run(settings: Settings, progress: Progress) -> None:
    """The same in an event loop of its own: uvloop's, which is the faster one.

    Raises:
        SetupProblem, Unavailable: as `serve`.
    """
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings, progress))


def _modules_that_change(settings: Settings) -> BlockModules | None:
    """Blocks that are reloaded when they are saved: in development."""
    if settings.environment != "development":
        return None
    from backend.server.development.modules import BlockModules

    return BlockModules()


def _following(app: App, modules: BlockModules | None, stop: Stop) -> AbstractAsyncContextManager[None]:
    if modules is None:
        return contextlib.nullcontext()
    from backend.server.development.watch import following

    return following(app, modules, stop.start_again)


def _import_the_rest(load_blocks: Callable[[], Catalogue]) -> None:
    """Import the web framework in a thread, while the database starts."""
    for name in ("uvicorn", "uvicorn.protocols.http.httptools_impl", "backend.server.http"):
        importlib.import_module(name)
    load_blocks()


async def _serve_app(app: App, listener: socket.socket, stop: Stop, progress: Progress) -> None:
    from backend.server.setup import open_setup, refuse_open_house

    settings = app.settings
    chosen = settings.setup_token.get_secret_value()
    async with app.database.begin() as connection:
        is_owned = await has_owner(connection)
    if not is_owned:
        refuse_open_house(settings.host, chosen)
    async with listening(app, listener) as server:
        stop.server = server
        app.catalogue.forget_examples()
        tune_collector()
        url = url_of(listener, settings.host)
        page_url = settings.page_url.rstrip("/") or url
        progress(f"Blockyard is at {url}" + (f", its page at {page_url}" if page_url != url else ""))
        token = None if is_owned else await open_setup(app.database, chosen)
        if token is not None:
            where = (
                f"  {page_url}/#setup={token}" if not chosen else "  with the token in BLOCKYARD_SETUP_TOKEN"
            )
            progress(f"It has no owner yet. Make the owner's account:\n{where}")
        await stop.is_asked.wait()
        progress("Ending: unfinished runs are given back to the queue.")
        await _leave(app, server, stop)


async def _leave(app: App, server: uvicorn.Server, stop: Stop) -> None:
    """First no longer ready, then deaf, then without runs: who waits for one gets 202 at once."""
    app.draining.set()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.is_urgent.wait(), app.settings.drain_s)
    app.ending.set()
    server.should_exit = True
    await app.worker.hand_over()


@asynccontextmanager
async def answering_health(app: App) -> AsyncGenerator[None]:
    """For a process without the API: health and figures at WORKER_PORT, if it is set.

    Raises:
        SetupProblem: the port cannot be had.
    """
    if not app.settings.worker_port:
        yield
        return
    with bound(app.settings.host, app.settings.worker_port) as listener:
        async with listening(app, listener, is_small=True):
            yield


@contextlib.contextmanager
def bound(host: str, port: int) -> Generator[socket.socket]:
    """A socket at the address, on which nobody listens yet; port 0 takes any that is free.

    Raises:
        SetupProblem: the address cannot be had.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # asyncio sets TCP_NODELAY where the protocol is named; without it an answer in two writes waits 40 ms.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except OSError as error:
        raise SetupProblem(f"The host {host!r} is unknown: {error}. Set BLOCKYARD_HOST.") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise SetupProblem(
            f"Blockyard cannot listen on {host}:{port}: {error.strerror or error}. End the program that "
            "does, or choose another port with --port or BLOCKYARD_PORT."
        ) from error
    with listener:
        yield listener


def url_of(listener: socket.socket, host: str) -> str:
    """The address to open in a browser."""
    port: int = listener.getsockname()[1]
    return http_url(host, port)


@asynccontextmanager
async def listening(
    app: App, listener: socket.socket, *, is_direct: bool = True, is_small: bool = False
) -> AsyncGenerator[uvicorn.Server]:
    """Answer requests on the socket; at the end, finish those that have begun.

    `is_small`: health and figures only.
    """
    server = _server(app, is_direct=is_direct, is_small=is_small)
    serving = asyncio.create_task(server.serve([listener]))
    try:
        while not server.started and not serving.done():  # noqa: ASYNC110  # uvicorn tells in no other way
            await asyncio.sleep(0.005)
        yield server
    finally:
        server.should_exit = True
        await serving


def _server(app: App, *, is_direct: bool, is_small: bool) -> uvicorn.Server:
    import uvicorn

    from backend.server.http import create_app, create_small_app

    class Server(uvicorn.Server):
        """Leaves signals to us: uvicorn would raise them again before the worker has handed over."""

        @contextlib.contextmanager
        def capture_signals(self) -> Generator[None]:
            yield

    config = uvicorn.Config(
        create_small_app(app) if is_small else create_app(app, is_direct=is_direct),
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=_LONGEST_MESSAGE,
        ws_per_message_deflate=False,
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        reset_contextvars=True,
        backlog=_BACKLOG,
        timeout_keep_alive=_IDLE_S,
        timeout_graceful_shutdown=GRACE_S,
    )
    return Server(config)
