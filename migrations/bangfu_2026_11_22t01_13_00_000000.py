"""Exchange: what its tables refer to, which codes they take, what may be there once; the rows of an upload."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T01:13:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "exchange"

REFERENCES = [
    ("api_client", "created_by", "app_user", "RESTRICT"),
    ("api_nonce", "client", "api_client", "CASCADE"),
    ("api_request", "client", "api_client", "RESTRICT"),
    ("api_request", "report", "report", "RESTRICT"),
    ("change_list", "made_by", "app_user", "RESTRICT"),
    ("upload_result", "upload", "upload", "CASCADE"),
]
STATEMENTS = (
    "ALTER TABLE api_client ADD CONSTRAINT api_client_kind_check CHECK (kind IN ('hotline', 'data_comparison'))",
    "ALTER TABLE api_client ADD CONSTRAINT api_client_status_check CHECK (status IN ('active', 'disabled'))",
    "ALTER TABLE api_client ADD CONSTRAINT api_client_rate_check CHECK (per_minute BETWEEN 1 AND 6000)",
    "ALTER TABLE api_client ADD CONSTRAINT api_client_area_check CHECK (division ~ '^[0-9]{2,12}$')",
    "CREATE UNIQUE INDEX api_nonce_once ON api_nonce (client, nonce)",
    "CREATE UNIQUE INDEX api_request_key ON api_request (client, idempotency_key)",
    "CREATE UNIQUE INDEX api_request_reference ON api_request (client, client_reference)",
    "ALTER TABLE change_list ADD CONSTRAINT change_list_month_check CHECK (month = date_trunc('month', month))",
    "CREATE UNIQUE INDEX change_list_once ON change_list (county, month)",
    "CREATE TRIGGER change_list_kept BEFORE UPDATE OR DELETE ON change_list"
    " FOR EACH ROW EXECUTE FUNCTION refuse_change()",
)


def statements() -> list[str]:
    return [
        *(
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fk FOREIGN KEY ({column})"
            f" REFERENCES {target} (id) ON DELETE {action}"
            for table, column, target, action in REFERENCES
        ),
        *STATEMENTS,
    ]


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, statements())
