"""The ways out of the portal, one small protocol: base.py. Which ones this deployment offers: offered.py."""
