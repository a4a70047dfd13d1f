"""What is asked of a provider, one rule a file: `check(facts)` yields what breaks it.

The rules for all blocks (ids, descriptions, icons, no other HTTP client) are in tools/checks; `blockyard provider
check NAME` runs those too and shows what they find in the provider's files.
"""
