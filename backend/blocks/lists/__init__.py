"""Lists: make, change, search, sort, gather."""
