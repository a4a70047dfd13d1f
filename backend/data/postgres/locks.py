"""flock'd files. The kernel drops such a lock when its holder dies, so nothing needs to be remembered."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

LEASE_SUFFIX = ".lease"
POLL_S = 0.02


def open_private(path: Path) -> int:
    """Open or make a 0600 file. As root it is given to the folder's owner, who may come back later."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.fchown(fd, owner.st_uid, owner.st_gid)
    return fd


def try_lock(fd: int) -> bool:
    """Take the exclusive lock if nobody has it."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_locked(path: Path) -> bool:
    """Whether a living process holds the lock of `path`; False when there is no such file."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return not try_lock(fd)
    finally:
        os.close(fd)


@contextmanager
def exclusive(path: Path, *, waiting: Callable[[], None] = lambda: None) -> Generator[None]:
    """Hold the lock of `path`; `waiting` is called once when somebody else has it."""
    fd = open_private(path)
    try:
        if not try_lock(fd):
            waiting()
            while not try_lock(fd):
                time.sleep(POLL_S)
        yield
    finally:
        os.close(fd)


class Lease:
    """One user of the server: a locked file in `folder`. Take and count leases only under the starter's lock."""

    __slots__ = ("_fd", "path")

    def __init__(self, folder: Path) -> None:
        self.path = folder / f"{os.getpid()}-{os.urandom(4).hex()}{LEASE_SUFFIX}"
        self._fd = open_private(self.path)
        try_lock(self._fd)

    @property
    def is_held(self) -> bool:
        return self._fd >= 0

    def note(self, text: str) -> None:
        """Leave a word for whoever sweeps this lease up if we are killed."""
        os.pwrite(self._fd, text.encode(), 0)

    def release(self) -> None:
        fd, self._fd = self._fd, -1
        if fd >= 0:
            self.path.unlink(missing_ok=True)
            os.close(fd)


def living_leases(folder: Path) -> list[Path]:
    """Leases whose process lives."""
    return [path for path in sorted(folder.glob(f"*{LEASE_SUFFIX}")) if is_locked(path)]


def sweep_leases(folder: Path) -> list[str]:
    """Remove the leases of dead processes; their notes."""
    notes: list[str] = []
    for path in folder.glob(f"*{LEASE_SUFFIX}"):
        if not is_locked(path):
            notes.append(path.read_text(errors="replace"))
            path.unlink(missing_ok=True)
    return notes
