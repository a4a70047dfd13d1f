"""Blocks that every graph needs: outputs, notes, values."""
