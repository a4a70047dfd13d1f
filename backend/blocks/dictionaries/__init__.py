"""Objects: make, change, search, merge."""
