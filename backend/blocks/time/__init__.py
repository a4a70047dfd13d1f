"""Blocks that wait."""
