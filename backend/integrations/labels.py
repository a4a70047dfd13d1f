"""What people call each provider. The front end has the same names in `credentials-provider.tsx`."""

from __future__ import annotations

from backend.integrations.providers import ProviderName

_LABELS: dict[ProviderName, str] = {
    ProviderName.AIRTABLE: "Airtable",
    ProviderName.DISCORD: "Discord",
    ProviderName.EMAIL: "E-mail",
    ProviderName.EXAMPLE_PROVIDER: "Example",
    ProviderName.GENERIC_WEBHOOK: "Any sender",
    ProviderName.GITHUB: "GitHub",
    ProviderName.GOOGLE: "Google",
    ProviderName.HTTP: "HTTP",
    ProviderName.LINEAR: "Linear",
    ProviderName.NOTION: "Notion",
    ProviderName.SLACK: "Slack",
    ProviderName.STANDARD_WEBHOOKS: "Standard Webhooks",
    ProviderName.STRIPE: "Stripe",
    ProviderName.TELEGRAM: "Telegram",
}
LABELS: dict[ProviderName, str] = {
    provider: _LABELS.get(provider, provider.value.replace("-", " ").title()) for provider in ProviderName
}
"""Of all providers; one that nobody named yet by its key."""
