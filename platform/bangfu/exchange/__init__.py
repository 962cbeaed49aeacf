"""Exports, the monthly change list, and the signed incoming interface."""
