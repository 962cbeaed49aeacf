"""The service catalogue and the needs of households."""
