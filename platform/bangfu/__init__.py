"""Bangfu, a platform for service-type social assistance."""
