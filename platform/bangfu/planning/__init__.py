"""Match runs, proposals and their publication; the only importer of matching."""
