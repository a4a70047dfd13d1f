"""Graphs in the format of the AutoGPT platform: read, brought up to date, made safe."""
