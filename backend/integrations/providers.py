"""The names of all providers. Imports nothing of ours, so that everything may import it."""

from __future__ import annotations

import difflib
from enum import StrEnum
from functools import lru_cache


class ProviderName(StrEnum):
    """A provider's stable key; the value is what graphs, the API and the front end say."""

    AIRTABLE = "airtable"
    DISCORD = "discord"
    EMAIL = "email"
    EXAMPLE_PROVIDER = "example-provider"
    GENERIC_WEBHOOK = "generic-webhook"
    GITHUB = "github"
    GOOGLE = "google"
    HTTP = "http"
    LINEAR = "linear"
    NOTION = "notion"
    SLACK = "slack"
    STANDARD_WEBHOOKS = "standard-webhooks"
    STRIPE = "stripe"
    TELEGRAM = "telegram"

    @classmethod
    @lru_cache(maxsize=1_000)
    def parse(cls, text: str) -> ProviderName:
        """The provider that `text` names, without regard to case and with `_` read as `-`.

        Raises:
            ValueError: there is none; the message has the nearest known name.
        """
        wanted = text.strip().lower().replace("_", "-")
        for member in cls:
            if member.value.lower().replace("_", "-") == wanted:
                return member
        near = difflib.get_close_matches(wanted, [member.value for member in cls], n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"There is no provider {text!r}.{hint}")
