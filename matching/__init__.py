"""The matching library: who may serve whom, and the best plan (no web, no database)."""
