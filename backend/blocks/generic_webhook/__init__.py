"""Any sender that can show a secret."""
