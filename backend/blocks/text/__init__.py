"""Blocks that make text."""
