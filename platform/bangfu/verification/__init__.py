"""Automatic flags, the township's check, and what the evidence looks like over many visits (DOMAIN.md 5.2)."""
