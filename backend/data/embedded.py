"""The embedded PostgreSQL: one server for all processes of a data folder; the last one out stops it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from backend.data.postgres.address import Address, address_of, remove_link
from backend.data.postgres.cluster import Layout, cluster_version, ensure_cluster, make_folders, read_password
from backend.data.postgres.locks import Lease, exclusive, is_locked, living_leases, sweep_leases
from backend.data.postgres.process import (
    ServerDied,
    find_or_wait,
    find_server,
    server_state,
    start_problem,
    start_server,
    stop_server,
    wait_ready,
)
from backend.data.postgres.programs import DATABASE, MAJOR, SUPERUSER
from backend.util.errors import SetupProblem

Progress = Callable[[str], None]
WAITING = "Another process is starting or stopping the database; waiting for it."


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """A server in use by this process. `started_here` is False when it was running already."""

    dsn: str = field(repr=False)
    data_dir: Path
    pid: int
    started_here: bool
    _lease: Lease = field(repr=False)
    _address: Address = field(repr=False)

    def close(self) -> None:
        """Give the lease back and stop the server if nobody else has one. Harmless when called again."""
        layout = Layout(self.data_dir)
        with exclusive(layout.lock):
            if not self._lease.is_held:
                return
            self._lease.release()
            self._address.close()
            _sweep(layout)
            if not living_leases(layout.users):
                stop_server(layout)


def _silent(_message: str) -> None: ...


def open_embedded(data_dir: Path, *, progress: Progress = _silent) -> EmbeddedServer:
    """Start the server of `data_dir` or join the one that runs, making the database at the first start.

    Blocks, for minutes if the server recovers from a crash: call it through a thread. It never gives up
    on a server that lives. `progress` gets sentences for a person.

    Raises:
        SetupProblem: with what happened and what to do.
    """
    layout = Layout(data_dir.expanduser().resolve())
    make_folders(layout)
    try:
        with exclusive(layout.lock, waiting=lambda: progress(WAITING)):
            return _open(layout, progress)
    except OSError as error:
        raise SetupProblem(
            f"The embedded database in {str(layout.home)!r} cannot be used: {error}. Check the disk's free space "
            "and that the folder belongs to the user that runs Blockyard."
        ) from error


def _open(layout: Layout, progress: Progress) -> EmbeddedServer:
    _sweep(layout)
    if not layout.cluster.exists():
        progress("Making a new database.")
    ensure_cluster(layout)
    address = address_of(layout.cluster)
    try:
        return _join_or_start(layout, address, progress)
    except BaseException:
        address.close()
        raise


def _join_or_start(layout: Layout, address: Address, progress: Progress) -> EmbeddedServer:
    if process := find_or_wait(layout):
        try:
            wait_ready(layout, process, address.folder, progress)
            return _lease(layout, address, process.pid, started_here=False)
        except ServerDied:
            find_or_wait(layout)
    account = ensure_cluster(layout)
    try:
        process = start_server(layout, account)
        wait_ready(layout, process, address.folder, progress)
    except ServerDied:
        raise start_problem(layout) from None
    except BaseException:
        if not living_leases(layout.users):
            stop_server(layout)
        raise
    return _lease(layout, address, process.pid, started_here=True)


def _lease(layout: Layout, address: Address, pid: int, *, started_here: bool) -> EmbeddedServer:
    lease = Lease(layout.users)
    if address.private is not None:
        lease.note(str(address.private))
    dsn = (
        f"postgresql://{SUPERUSER}:{quote(read_password(layout), safe='')}@/{DATABASE}?host={address.folder}"
    )
    return EmbeddedServer(dsn, layout.data_dir, pid, started_here, lease, address)


def _sweep(layout: Layout) -> None:
    for note in sweep_leases(layout.users):
        if note:
            remove_link(Path(note))


State = Literal[
    "absent", "stopped", "stale_pid_file", "starting", "running", "busy", "unseen", "wrong_version"
]


@dataclass(frozen=True, slots=True)
class EmbeddedStatus:
    """What lies in a data folder. `users` are the numbers of the processes that hold a lease.

    `busy`: somebody starts or stops it right now. `unseen`: a server in another container holds it.
    """

    state: State
    pid: int | None = None
    users: tuple[int, ...] = ()
    version: int | None = None


def status(data_dir: Path) -> EmbeddedStatus:
    """The state of the embedded server; changes nothing, starts nothing."""
    layout = Layout(data_dir.expanduser().resolve())
    if not layout.cluster.exists():
        return EmbeddedStatus("absent")
    version = cluster_version(layout)
    if version != MAJOR:
        return EmbeddedStatus("wrong_version", version=version)
    if is_locked(layout.lock):
        return EmbeddedStatus("busy", version=version)
    with exclusive(layout.lock):
        users = tuple(int(path.name.partition("-")[0]) for path in living_leases(layout.users))
        state, pid = _look(layout)
    return EmbeddedStatus(state, pid, users, version)


def _look(layout: Layout) -> tuple[State, int | None]:
    if process := find_server(layout.cluster):
        return ("running" if server_state(layout.cluster) == "ready" else "starting"), process.pid
    if is_locked(layout.alive):
        return "unseen", None
    return ("stale_pid_file" if (layout.cluster / "postmaster.pid").exists() else "stopped"), None
