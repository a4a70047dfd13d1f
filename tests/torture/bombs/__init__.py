"""Small inputs that would take a lot of time or memory, one list `BOMBS` a module."""
