"""Spot checks that anybody can verify: secrets, closed lists, draws, checks on site (DOMAIN.md 5.3, 8.8)."""
