"""Blocks that make and gather lists and objects."""
