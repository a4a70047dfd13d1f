"""What blocks of tests did, as far as a run does not show it; tests clear it."""

from collections import Counter

effects: Counter[str] = Counter()
"""How often each effect outside of the run happened: `node/firing`, or `node/firing/step`."""
keys: dict[str, set[str]] = {}
"""Idempotency keys that firings saw, by `node/firing`."""
