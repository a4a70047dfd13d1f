"""The folder of the server's socket as clients see it: short, plain ASCII, private.

The server listens inside its cluster. A Unix socket's path may hold 103 bytes (macOS; 107 on Linux), so a
long data folder is reached through a link in a private folder of this process.
"""

from __future__ import annotations

import fcntl
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

SOCKET_NAME = ".s.PGSQL.5432"
MAX_SOCKET_PATH_BYTES = 103
PREFIX = "blockyard-"
LINK = "db"
SHORT_PLACE = "/tmp"  # noqa: S108  # when the temporary folder's own path is long; mkdtemp makes it private
_PLAIN = re.compile(r"[A-Za-z0-9/._+-]+")


@dataclass(slots=True)
class Address:
    """`folder` is what goes into `host=`; `private` is our link's folder, None when none was needed."""

    folder: str
    private: Path | None = None
    _fd: int = -1

    def close(self) -> None:
        fd, self._fd = self._fd, -1
        if self.private is not None and fd >= 0:
            remove_link(self.private)
            os.close(fd)


def address_of(cluster: Path) -> Address:
    """A way to the socket of `cluster`; close it when done."""
    folder = str(cluster)
    if _PLAIN.fullmatch(folder) and len(os.fsencode(f"{folder}/{SOCKET_NAME}")) <= MAX_SOCKET_PATH_BYTES:
        return Address(folder)
    private = _private_folder()
    (private / LINK).symlink_to(cluster)
    fd = os.open(private, os.O_RDONLY | os.O_DIRECTORY)
    # A locked folder is left alone by systemd-tmpfiles, which empties /tmp of what looks old.
    fcntl.flock(fd, fcntl.LOCK_SH)
    return Address(str(private / LINK), private, fd)


def remove_link(private: Path) -> None:
    """Remove a folder of ours; anything else of that name stays."""
    try:
        entry = private.lstat()
        if private.name.startswith(PREFIX) and entry.st_uid == os.geteuid() and (private / LINK).is_symlink():
            (private / LINK).unlink()
            private.rmdir()
    except OSError:
        return


def _private_folder() -> Path:
    place = tempfile.gettempdir()
    longest = len(os.fsencode(place)) + len(f"/{PREFIX}xxxxxxxx/{LINK}/{SOCKET_NAME}")
    is_fit = longest <= MAX_SOCKET_PATH_BYTES and _PLAIN.fullmatch(place)
    return Path(tempfile.mkdtemp(prefix=PREFIX, dir=place if is_fit else SHORT_PLACE))
