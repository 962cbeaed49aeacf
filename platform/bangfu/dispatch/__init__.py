"""Offers and assignments."""
