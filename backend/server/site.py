"""What the HTTP side of a process keeps between requests."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from backend.server.auth import Callers
from backend.server.passwords import LoginLimit, Passwords
from backend.server.state import App


@dataclass(frozen=True, slots=True)
class Site:
    """One process's app, who is known to it, and how often somebody knocked."""

    app: App
    callers: Callers
    passwords: Passwords = field(default_factory=Passwords)
    logins: LoginLimit = field(default_factory=LoginLimit)
    started_at: float = field(default_factory=time.monotonic)


def make_site(app: App) -> Site:
    """A fresh one."""
    return Site(app, Callers(app.database))
