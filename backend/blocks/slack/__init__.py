"""Slack: messages, channels, files, reactions and users."""
