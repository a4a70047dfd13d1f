"""Tiers: which providers and features an installation has. Enforced by the server, wherever they are used."""

from __future__ import annotations

from typing import Literal, get_args

from backend.util.errors import Forbidden

Tier = Literal["free", "paid", "premium"]
_ORDER: tuple[str, ...] = get_args(Tier)

FEATURES: dict[str, Tier] = {}
"""Feature -> the lowest tier that has it. What is not named here everybody has."""


def can_use(tier: str, feature: str) -> bool:
    """Whether the tier has the feature: an unknown feature yes, an unknown tier nothing."""
    return includes(tier, FEATURES.get(feature, "free"))


def includes(tier: str, wanted: str) -> bool:
    """Whether the one has all that the other has; an unknown one has nothing, and nothing has it."""
    return tier in _ORDER and wanted in _ORDER and _ORDER.index(tier) >= _ORDER.index(wanted)


def require(tier: str, wanted: str, what: str) -> None:
    """Let a tier pass that includes the wanted one.

    Raises:
        Forbidden: it does not; `what` is what was asked for.
    """
    if not includes(tier, wanted):
        raise Forbidden(
            f"{what} needs the tier {wanted!r}, and this installation has {tier!r}. An operator sets BLOCKYARD_TIER."
        )
