"""Volunteers' open tasks, hours, stars and certificates (DOMAIN.md 7)."""
