"""The tables of privacy."""
