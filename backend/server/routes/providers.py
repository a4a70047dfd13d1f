"""The providers: what is known of each, and what this installation has of it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from backend.integrations.labels import LABELS
from backend.integrations.providers import ProviderName
from backend.server.deps import JsonRoute, SiteDep
from backend.server.provider_views import blocks_by_provider, named, provider_view
from backend.server.wire.common import Page
from backend.server.wire.connections import ProviderView

router = APIRouter(prefix="/api/providers", tags=["integrations"], route_class=JsonRoute)


@router.get("", response_model=Page[ProviderView])
async def list_providers(site: SiteDep) -> dict[str, Any]:
    """Every provider, by label; one page."""
    blocks = blocks_by_provider(site.app.catalogue)
    ordered = sorted(ProviderName, key=lambda one: LABELS[one].lower())
    return {"items": [provider_view(one, site.app.settings, blocks.get(one, ())) for one in ordered]}


@router.get("/{provider}", response_model=ProviderView)
async def read_provider(site: SiteDep, provider: str) -> dict[str, Any]:
    """One of them, however its name is spelled."""
    name = named(provider)
    return provider_view(name, site.app.settings, blocks_by_provider(site.app.catalogue).get(name, ()))
