"""Users and their sessions."""

from piccolo.columns import JSONB, UUID, Array, Boolean, Bytea, Integer, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class User(Table, tablename="app_user"):
    """A person who signs in; `scope` is a division prefix without trailing zeros (DOMAIN.md 1.3)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    username = Varchar(64, unique=True)
    display_name = Varchar(64)
    password_hash = Varchar(200)
    roles = Array(base_column=Varchar(32), default=list)
    scope = Varchar(12, default="")
    organization = UUID(null=True, default=None, index=True)
    carer = UUID(null=True, default=None, index=True)
    lang = Varchar(5, default="zh")
    large_type = Boolean(default=False)
    active = Boolean(default=True)
    failures = Integer(default=0)
    locked_until = Timestamptz(null=True, default=None)
    password_set_at = Timestamptz(default=TimestamptzNow())
    created_at = Timestamptz(default=TimestamptzNow())


class Session(Table, tablename="app_session"):
    """One signed-in browser; only the hash of its random token is kept."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    token_hash = Bytea(unique=True)
    user = UUID(index=True)
    created_at = Timestamptz(default=TimestamptzNow())
    last_seen_at = Timestamptz(default=TimestamptzNow())
    expires_at = Timestamptz(default=TimestamptzNow())
    address = Varchar(64, default="")
    agent = Varchar(200, default="")
    flashes = JSONB(default="[]")
