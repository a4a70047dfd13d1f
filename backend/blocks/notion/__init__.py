"""Notion: changes of pages and databases start graphs."""
