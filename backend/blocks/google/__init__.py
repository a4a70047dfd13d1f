"""Google: a login that other blocks use, and no blocks of its own yet."""
