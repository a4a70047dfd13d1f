"""The HTTP interface of an installation, and its front page."""
