"""Funds by county and year, budget items, commitments and the 2 % cap (DOMAIN.md 4.3)."""
