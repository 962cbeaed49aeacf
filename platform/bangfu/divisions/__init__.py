"""The four-level network of administrative divisions."""
