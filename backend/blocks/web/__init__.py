"""Blocks for the web: pages, HTML, feeds, addresses."""
