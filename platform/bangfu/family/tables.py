"""The tables of family."""
