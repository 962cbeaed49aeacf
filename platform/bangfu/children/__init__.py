"""The child file: one child, one file, one plan (一人一档一策)."""
