"""Care agreements with seven parties, care rates, coverage (DOMAIN.md 4.1, 8.7)."""
