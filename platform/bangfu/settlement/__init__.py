"""The quarter's statement, its payment, and the bundle that proves it (DOMAIN.md 4.4, 6.3, 8.9)."""
