"""Any sender that follows Standard Webhooks."""
