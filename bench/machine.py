"""What one must know of the machine and its database to read the figures."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from pathlib import Path

import psutil

from backend.data.db import open_database
from bench.engine import RESULTS, data_folder, settings_for

_SETTINGS = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers")


async def facts() -> Mapping[str, str]:
    """Name -> value, in the order in which people want to know them."""
    load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    return {
        "cores": str(os.cpu_count()),
        "processor": _processor(),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "disk": _file_system(RESULTS),
        "Python": platform.python_version(),
        "PostgreSQL": await _database_settings(),
        "load before (1, 5, 15 min)": load,
    }


async def _database_settings() -> str:
    with data_folder() as folder:
        database = await open_database(settings_for(folder))
        connection = await database.connect()
        try:
            said = {name: await connection.fetchval(f"SHOW {name}") for name in _SETTINGS}
        finally:
            await connection.close()
            await database.close()
    version = said.pop("server_version")
    return f"{version}; " + ", ".join(f"{name} {value}" for name, value in said.items())


def _processor() -> str:
    """The model where Linux says it, else the architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def _file_system(folder: Path) -> str:
    """The type of the file system that holds `folder`."""
    parts = psutil.disk_partitions(all=True)
    above = [part for part in parts if folder.is_relative_to(part.mountpoint)]
    return max(above, key=lambda part: len(part.mountpoint)).fstype if above else "unknown"
