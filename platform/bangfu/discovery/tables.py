"""The tables of discovery."""
