"""Complaints by every channel: severities, deadlines, both sides heard, replies (DOMAIN.md 5.4, 8.9)."""
