"""How providers call us: one manager each, found by its provider.

A file here is a provider; those with an underscore are what they share.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from functools import cache
from types import ModuleType

from backend.integrations.providers import ProviderName
from backend.integrations.webhooks._base import WebhookManager


@cache
def managers() -> dict[ProviderName, WebhookManager]:
    """All of them."""
    found: dict[ProviderName, WebhookManager] = {}
    for info in pkgutil.iter_modules(__path__):
        if not info.name.startswith("_"):
            module = importlib.import_module(f"{__name__}.{info.name}")
            found.update((kind.PROVIDER_NAME, kind()) for kind in _manager_classes(module))
    return found


def manager_of(provider: str) -> WebhookManager | None:
    """The manager of a provider, however its name is spelled; None: its webhooks are not known."""
    try:
        return managers().get(ProviderName.parse(provider))
    except ValueError:
        return None


def _manager_classes(module: ModuleType) -> Iterator[type[WebhookManager]]:
    """Those that the module defines itself."""
    for thing in vars(module).values():
        if not (inspect.isclass(thing) and issubclass(thing, WebhookManager)):
            continue
        if thing.__module__ == module.__name__ and not inspect.isabstract(thing):
            yield thing
