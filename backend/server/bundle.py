"""The built page: its files, held in memory and compressed once.

Only what stood in the folder when it was read can be asked for, so no name leads elsewhere.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "page"
"""Where `make page` puts it."""
INDEX = "index.html"
ASSETS = "assets/"
"""Names in here hold the hash of what they name, so that they never change."""
_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
_COMPRESSED = frozenset({".html", ".css", ".js", ".json", ".svg"})
_WORTH_IT_BYTES = 1_000
_LEVEL = 9


@dataclass(frozen=True, slots=True)
class BundleFile:
    """One file. `gzipped` is None where that would gain nothing; the tag holds for both forms."""

    content: bytes
    gzipped: bytes | None
    kind: str
    etag: str


class Bundle:
    """Looks a file up by its name; reads all of them anew when somebody has built the page again."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._files: dict[str, BundleFile] = {}
        self._read_at: tuple[int, int] | None = None
        self._lock = asyncio.Lock()

    async def find(self, name: str) -> BundleFile | None:
        """The file with this name, as in `assets/index-1a2b.js`."""
        if self._built_at() != self._read_at:
            async with self._lock:
                built_at = self._built_at()
                if built_at != self._read_at:
                    self._files = await asyncio.to_thread(read_bundle, self._folder)
                    self._read_at = built_at
        return self._files.get(name)

    def _built_at(self) -> tuple[int, int] | None:
        """Which build this is, by its page; None without one."""
        try:
            found = (self._folder / INDEX).stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns


def read_bundle(folder: Path) -> dict[str, BundleFile]:
    """Every file of a kind that a page has, by its name in the folder."""
    return {
        path.relative_to(folder).as_posix(): _read(path)
        for path in folder.rglob("*")
        if path.suffix in _KINDS and path.is_file()
    }


def _read(path: Path) -> BundleFile:
    content = path.read_bytes()
    is_worth_it = path.suffix in _COMPRESSED and len(content) >= _WORTH_IT_BYTES
    gzipped = gzip.compress(content, _LEVEL, mtime=0) if is_worth_it else None
    return BundleFile(
        content, gzipped, _KINDS[path.suffix], f'W/"{hashlib.sha256(content).hexdigest()[:20]}"'
    )
