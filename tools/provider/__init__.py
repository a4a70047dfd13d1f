"""A provider's files: `new` writes them, `check` says what is missing or wrong.

    make provider NAME=acme WEBHOOK=1        # or: blockyard provider new acme --webhook
    blockyard provider check acme

`checklist.py` is the list; each of its lines knows how its file looks with it, so that writing and checking cannot
differ. `facts.py` reads what a provider has without importing it. `rules/` has one rule a file.
"""
