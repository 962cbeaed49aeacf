"""The tables of directory."""
