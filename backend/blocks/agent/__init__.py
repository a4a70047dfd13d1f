"""Blocks that run other graphs or wait for people."""
