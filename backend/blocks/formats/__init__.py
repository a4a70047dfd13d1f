"""Blocks that read and write JSON, YAML, XML and tables."""
