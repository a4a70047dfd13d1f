"""Blocks that count, round, write numbers and draw lots."""
