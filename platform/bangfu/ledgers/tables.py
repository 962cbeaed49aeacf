"""The tables of ledgers."""
