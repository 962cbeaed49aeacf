"""Backups that are consistent while the portal serves, and their way back."""
