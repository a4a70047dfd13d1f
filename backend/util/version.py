"""Which version of this package runs."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def own_version() -> str:
    """Of this package."""
    try:
        return version("blockyard")
    except PackageNotFoundError:
        return "unknown"
