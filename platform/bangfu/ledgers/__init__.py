"""Ledgers that write themselves: definitions as data over visits and cases, kept versions, own ledgers."""
