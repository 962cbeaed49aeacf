"""The in-portal inbox."""
