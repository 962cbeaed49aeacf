"""Webhooks: references, checks, and that an endpoint has one message on its way."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-23T08:12:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "webhooks: references, checks, indexes"

REFERENCES = (
    ("webhook_endpoint", "organization", "organization"),
    ("webhook_endpoint", "created_by", "app_user"),
    ("webhook_endpoint", "ended_by", "app_user"),
    ("webhook_delivery", "endpoint", "webhook_endpoint"),
)
CHECKS = (
    ("webhook_endpoint", "status", "status IN ('active', 'paused', 'ended')"),
    ("webhook_endpoint", "paused_for", "(status = 'paused') = (paused_for <> '')"),
    ("webhook_endpoint", "ended", "(status = 'ended') = (ended_at IS NOT NULL)"),
    ("webhook_endpoint", "wiped", "status <> 'ended' OR (url_enc = '' AND secret_enc = '' AND old_secret_enc = '')"),
    ("webhook_endpoint", "scopes", "cardinality(scopes) > 0"),
    ("webhook_delivery", "kind", "kind IN ('changes', 'trial')"),
    ("webhook_delivery", "status", "status IN ('waiting', 'delivered', 'failed', 'dropped')"),
    ("webhook_delivery", "arrived", "(status = 'delivered') = (delivered_at IS NOT NULL)"),
)


async def forwards() -> MigrationManager:
    statements = [
        *(
            f'ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fk FOREIGN KEY ("{column}") REFERENCES {target} (id)'
            for table, column, target in REFERENCES
        ),
        *(f"ALTER TABLE {table} ADD CONSTRAINT {table}_{name}_check CHECK ({rule})" for table, name, rule in CHECKS),
        "CREATE UNIQUE INDEX webhook_delivery_one ON webhook_delivery (endpoint)"
        " WHERE status = 'waiting' AND kind = 'changes'",
        "CREATE INDEX webhook_delivery_newest ON webhook_delivery (endpoint, created_at DESC)",
        "CREATE INDEX webhook_endpoint_due ON webhook_endpoint (next_at) WHERE status = 'active'",
    ]
    return plain_sql(ID, DESCRIPTION, statements)
