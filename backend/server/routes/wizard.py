"""The first run, step by step: what is done, what is open, and where to go."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter

from backend.data.model import JsonObject
from backend.data.user_store import has_owner
from backend.data.wizard_store import Beginnings, beginnings_of
from backend.integrations.credentials_store import platform_credentials
from backend.server.deps import CallerDep, JsonRoute, SiteDep
from backend.server.setup import is_loopback
from backend.server.wire.connections import Wizard
from backend.util.settings import Settings

router = APIRouter(prefix="/api/wizard", tags=["setup, auth"], route_class=JsonRoute)


@router.get("", response_model=Wizard)
async def read_wizard(site: SiteDep, caller: CallerDep) -> dict[str, Any]:
    """The steps of the first run, as the installation and your things are now."""
    settings = site.app.settings
    async with site.app.database.begin() as connection:
        is_owned = await has_owner(connection)
        has = await beginnings_of(connection, caller.user_id)
    steps = [*_own_steps(settings, has, is_owned=is_owned), _public_address(settings)]
    open_steps = [step for step in steps if not step["is_done"]]
    return {
        "steps": steps,
        "is_done": all(step["is_optional"] for step in open_steps),
        "next_step": open_steps[0]["key"] if open_steps else None,
    }


def _own_steps(settings: Settings, has: Beginnings, *, is_owned: bool) -> list[JsonObject]:
    is_connected = has.has_credential or bool(platform_credentials(settings))
    return [
        _step(
            "owner",
            "Make the owner's account",
            is_owned,
            "Whoever has it decides who else comes in.",
            "/setup",
        ),
        _step(
            "connection",
            "Connect a provider",
            is_connected,
            "Blocks that use a service need your account there. Many blocks need none.",
            "/settings/connections",
            is_optional=True,
        ),
        _step(
            "graph", "Make a graph", has.has_graph, "Begin with a template, or with nothing.", "/graphs/new"
        ),
        _step("run", "Run it", has.has_run, "Press Run in the editor, and watch the values come.", "/graphs"),
        _step(
            "trigger",
            "Let something start it",
            has.has_trigger,
            "A webhook, a poll or a schedule: put a trigger into a graph and publish it.",
            "/graphs",
            is_optional=True,
        ),
    ]


def _public_address(settings: Settings) -> JsonObject:
    url = settings.public_url
    host = urlsplit(url).hostname or ""
    is_set = bool(host) and not is_loopback(host)
    help_ = (
        f"Providers reach this installation at {url}."
        if is_set
        else "Providers send webhooks to an address that they can reach. An operator sets BLOCKYARD_PUBLIC_URL, such "
        "as https://blockyard.example.com, and restarts."
    )
    return _step("public_address", "Set a public address", is_set, help_, "", is_optional=True)


def _step(
    key: str, title: str, is_done: bool, help_: str, href: str, *, is_optional: bool = False
) -> JsonObject:
    return {
        "key": key,
        "title": title,
        "is_done": is_done,
        "is_optional": is_optional,
        "help": help_,
        "href": href,
    }
