"""What the server does in development only: it follows what is saved in its own source."""
