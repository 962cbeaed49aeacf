"""The quality score of a quarter: standards, frozen facts, publication, appeals, what follows (DOMAIN.md 6)."""
