"""Blocks that call other services over HTTP."""
