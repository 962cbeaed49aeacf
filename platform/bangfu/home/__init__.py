"""The start page, search entry, help and privacy."""
