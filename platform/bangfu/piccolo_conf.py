"""Piccolo's view of the application: the engine and the one app that holds every table."""

from piccolo.conf.apps import AppRegistry

from bangfu.shared.database import DB

APP_REGISTRY = AppRegistry(apps=["bangfu.piccolo_app"])

__all__ = ["APP_REGISTRY", "DB"]
