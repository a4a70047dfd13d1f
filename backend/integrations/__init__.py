"""Outside services: who they are, how one connects to them, how they call us."""
