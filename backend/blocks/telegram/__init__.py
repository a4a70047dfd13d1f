"""Telegram: a bot hears and writes in chats; what reaches it starts graphs."""
