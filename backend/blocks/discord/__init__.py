"""Discord: commands, buttons and forms of an application start graphs."""
