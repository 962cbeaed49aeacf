"""Answers about a plan that take re-solving: why this carer, why nobody, where it is short (docs/decisions/0049)."""
