"""Notion: pages and databases, and changes there that start graphs."""
