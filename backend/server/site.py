"""What the HTTP side of a process keeps between requests."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from backend.executor.typical import TypicalRuns
from backend.server.auth import Callers
from backend.server.avatars import Avatars
from backend.server.bundle import Bundle
from backend.server.known_webhooks import KnownWebhooks
from backend.server.metrics import SiteMetrics
from backend.server.passwords import LoginLimit, Passwords
from backend.server.sockets import Sockets
from backend.server.state import App


@dataclass(frozen=True, slots=True)
class Site:
    """One process's app, who is known to it, and how often somebody knocked."""

    app: App
    callers: Callers
    webhooks: KnownWebhooks
    typical: TypicalRuns
    passwords: Passwords = field(default_factory=Passwords)
    logins: LoginLimit = field(default_factory=LoginLimit)
    sockets: Sockets = field(default_factory=Sockets)
    metrics: SiteMetrics = field(default_factory=SiteMetrics)
    avatars: Avatars = field(default_factory=Avatars)
    bundle: Bundle = field(default_factory=Bundle)
    is_wordy: bool = False
    """Whether the log names every request, also those that went well."""
    warnings: dict[str, tuple[list[str], float]] = field(default_factory=dict[str, tuple[list[str], float]])
    """What health said last, and until when (by the monotonic clock) that is said again."""
    started_at: float = field(default_factory=time.monotonic)


def make_site(app: App) -> Site:
    """A fresh one."""
    settings = app.settings
    is_wordy = settings.environment == "development" or settings.log_level == "DEBUG"
    webhooks = KnownWebhooks(app.database, app.vault).listen(app.worker)
    return Site(app, Callers(app.database), webhooks, TypicalRuns(app.database), is_wordy=is_wordy)
