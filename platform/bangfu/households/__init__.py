"""Households, their members and consent."""
