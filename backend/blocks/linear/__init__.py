"""Linear: issues and comments, and changes there that start graphs."""
