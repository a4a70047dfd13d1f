"""Data folders for tests of the embedded server: empty, or with a cluster copied from one made earlier."""

from __future__ import annotations

import atexit
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from backend.data.embedded import open_embedded
from backend.data.postgres.cluster import Layout
from backend.data.postgres.locks import exclusive
from backend.data.postgres.process import stop_server


@contextmanager
def empty_data_dir(parent: Path, name: str = "data") -> Generator[Path]:
    """A folder not yet made; at the end its server, if any, is stopped and it is removed."""
    data_dir = parent / name
    yield data_dir
    layout = Layout(data_dir)
    if layout.home.is_dir():
        with exclusive(layout.lock):
            assert stop_server(layout)
    shutil.rmtree(data_dir, ignore_errors=True)


@contextmanager
def used_data_dir(parent: Path, name: str = "data") -> Generator[Path]:
    """A folder whose database was made and cleanly stopped; a copy is faster than initdb."""
    with empty_data_dir(parent, name) as data_dir:
        subprocess.run(["cp", "-a", _template(), data_dir], check=True)
        yield data_dir


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="embedded-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    open_embedded(folder / "data").close()
    return folder / "data"
