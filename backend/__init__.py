"""Blockyard: graphs of blocks, composed in a browser and run durably."""
