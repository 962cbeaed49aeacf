"""Bangfu, a platform for service-type social assistance."""

import os

# Piccolo finds its engine and tables through this name; without it its tools silently have no application.
os.environ.setdefault("PICCOLO_CONF", "bangfu.piccolo_conf")

__version__ = "0.1.0"
