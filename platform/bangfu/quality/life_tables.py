"""Tables of quality, life."""
