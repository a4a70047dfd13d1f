"""GitHub's REST API, for the blocks and for the webhooks."""
