"""The service catalogue's items in versions, and the frequency norms that propose needs."""
