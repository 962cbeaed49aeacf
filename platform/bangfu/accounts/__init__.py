"""Users, roles, scope and sessions."""
