"""Separation of duties as rules of the database and as a nightly proof (DOMAIN.md 8.11)."""
