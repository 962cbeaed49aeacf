"""Discovery reports in seven steps, from a signal to a household that was told."""
