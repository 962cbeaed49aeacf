"""Organisations, carers, qualifications and availability."""
