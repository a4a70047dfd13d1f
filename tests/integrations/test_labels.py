"""Every provider has one name for people, wherever it is shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backend.blocks import catalogue
from backend.integrations import oauth
from backend.integrations.connecting import missing_keys
from backend.integrations.connections import connections
from backend.integrations.labels import LABELS
from backend.integrations.providers import ProviderName

FRONT_END = Path(__file__).resolve().parents[2] / "frontend/src/components/integrations"


def _record(file: str, value: str) -> dict[str, str]:
    """The entries `key: value` of the record of providers in a file of the front end."""
    text = (FRONT_END / file).read_text()
    body = re.search(r"Record<ProviderName, \w+> = \{(.*?)\n\};", text, re.DOTALL)
    assert body is not None
    found = re.findall(rf'^\s*"?([a-z-]+)"?: {value},$', body[1], re.MULTILINE)
    return dict(found)


def test_every_provider_has_a_label() -> None:
    assert set(LABELS) == set(ProviderName)
    assert len(set(LABELS.values())) == len(LABELS)


def test_front_end_has_the_same_labels() -> None:
    assert _record("credentials-provider.tsx", '"([^"]+)"') == {
        provider.value: label for provider, label in LABELS.items()
    }


def test_front_end_has_an_icon_for_every_provider() -> None:
    assert set(_record("credentials-input.tsx", "(\\w+)")) == {provider.value for provider in ProviderName}


def test_connections_and_logins_are_called_the_same() -> None:
    catalogue()
    assert [(one.provider, one.label) for one in connections() if one.label != LABELS[one.provider]] == []
    assert [(name, kind.LABEL) for name, kind in oauth.handlers().items() if LABELS[name] != kind.LABEL] == []


def test_every_form_has_the_fields_that_its_kind_is_made_of() -> None:
    catalogue()
    assert {one.provider: missing_keys(one) for one in connections() if missing_keys(one)} == {}


@pytest.mark.parametrize("provider", list(ProviderName))
def test_a_provider_is_found_however_it_is_spelled(provider: ProviderName) -> None:
    assert ProviderName.parse(provider.value.upper().replace("-", "_")) is provider
