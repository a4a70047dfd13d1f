"""Regular expressions: written as in Python, matched by RE2; see `match`."""
