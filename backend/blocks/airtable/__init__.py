"""Airtable: changes of tables start graphs."""
