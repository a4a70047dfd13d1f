"""What answers look like, for OpenAPI and for whoever generates a client from it."""
