"""Telegram: what reaches a bot starts graphs."""
