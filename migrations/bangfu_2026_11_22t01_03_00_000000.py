"""A message reaches a person once per event, on every channel that the person chose."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T01:03:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "messages beyond the inbox"

CHANNELS = "channel IN ('email', 'webhook', 'sms', 'wecom')"

STATEMENTS = (
    "CREATE UNIQUE INDEX message_once ON message (\"user\", event) WHERE event <> ''",
    'CREATE INDEX message_newest ON message ("user", created_at DESC, id)',
    'ALTER TABLE message_channel ADD CONSTRAINT message_channel_user_fk FOREIGN KEY ("user")'
    " REFERENCES app_user (id) ON DELETE CASCADE",
    'ALTER TABLE message_channel ADD CONSTRAINT message_channel_once UNIQUE ("user", channel)',
    f"ALTER TABLE message_channel ADD CONSTRAINT message_channel_channel CHECK ({CHANNELS})",
    "ALTER TABLE message_channel ADD CONSTRAINT message_channel_tries CHECK (code_tries >= 0)",
    'ALTER TABLE quiet_hours ADD CONSTRAINT quiet_hours_user_fk FOREIGN KEY ("user")'
    " REFERENCES app_user (id) ON DELETE CASCADE",
    "ALTER TABLE quiet_hours ADD CONSTRAINT quiet_hours_day"
    " CHECK (start_minute BETWEEN 0 AND 1439 AND end_minute BETWEEN 0 AND 1439)",
    "ALTER TABLE outbox ADD CONSTRAINT outbox_recipient_fk FOREIGN KEY (recipient)"
    " REFERENCES app_user (id) ON DELETE CASCADE",
    "ALTER TABLE outbox ADD CONSTRAINT outbox_once UNIQUE (recipient, event, channel)",
    f"ALTER TABLE outbox ADD CONSTRAINT outbox_channel CHECK ({CHANNELS})",
    "ALTER TABLE outbox ADD CONSTRAINT outbox_status"
    " CHECK (status IN ('queued', 'sending', 'sent', 'failed', 'given_up'))",
    "ALTER TABLE outbox ADD CONSTRAINT outbox_lease CHECK ((status = 'sending') = (lease_until IS NOT NULL))",
    "ALTER TABLE outbox ADD CONSTRAINT outbox_sent CHECK ((status = 'sent') = (sent_at IS NOT NULL))",
    "CREATE INDEX outbox_due ON outbox (channel, next_at) WHERE status IN ('queued', 'failed', 'sending')",
    "CREATE INDEX outbox_unsent ON outbox (created_at DESC) WHERE status <> 'sent'",
    "CREATE INDEX outbox_sent_at ON outbox (sent_at) WHERE status = 'sent'",
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
