"""Linear: changes of issues and the rest start graphs."""
