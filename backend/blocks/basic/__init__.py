"""Blocks that every graph needs: inputs, outputs, notes, values, lists."""
