"""Webhooks that a person sets up: they paste our address into the provider's settings."""

from __future__ import annotations

from backend.integrations.webhooks._base import SecretFrom, WebhookManager

__all__ = ["ManualWebhookManagerBase", "SecretFrom"]


class ManualWebhookManagerBase(WebhookManager):
    """A manager whose provider has no API for webhooks, or whose API we do not use."""
