"""The rules of a calendar as a judge reads them, without a solver."""
