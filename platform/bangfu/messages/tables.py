"""The inbox: one row per person and message, a link and no personal data."""

from piccolo.columns import JSONB, UUID, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class Message(Table, tablename="message"):
    """`kind` names the sentence (messages/words.py), `params` fill it; never a household's name or address."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    user = UUID(index=True)
    kind = Varchar(40)
    params = JSONB(default="{}")
    href = Varchar(200, default="")
    created_at = Timestamptz(default=TimestamptzNow())
    read_at = Timestamptz(null=True, default=None)
