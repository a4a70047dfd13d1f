"""The address of this server as others write it."""

from __future__ import annotations

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  # addresses to show, not to bind


def http_url(host: str, port: int) -> str:
    """Where a server that listens on `host` is found from this machine."""
    shown = _EVERYWHERE.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"
