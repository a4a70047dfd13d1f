"""Stripe: what happens there starts graphs."""
