"""Blocks that decide, repeat and calculate."""
