"""The mandatory report of harm to a minor."""
