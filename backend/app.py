"""Builds everything and wires it: the database, the worker, the catalogue. The CLI and the server start here."""

from __future__ import annotations

from backend.server.state import App, open_app

__all__ = ["App", "open_app"]
