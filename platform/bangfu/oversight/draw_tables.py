"""Tables of oversight, draw."""
