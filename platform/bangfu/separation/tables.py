"""Tables of separation."""
