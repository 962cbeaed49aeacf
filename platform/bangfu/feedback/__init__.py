"""What the people served say, and what independent volunteers observe (DOMAIN.md 5.3, 5.4)."""
