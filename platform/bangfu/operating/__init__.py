"""Operating the portal: health, metrics, logs, checks, and stopping without a lost request."""
