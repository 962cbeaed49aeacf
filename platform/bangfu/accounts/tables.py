"""Users, their sessions, second factors and forgotten passwords."""

from piccolo.columns import JSONB, UUID, Array, BigInt, Boolean, Bytea, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class User(Table, tablename="app_user"):
    """A person who signs in; `scope` is a division prefix without trailing zeros (DOMAIN.md 1.3)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    username = Varchar(64, unique=True)
    display_name = Varchar(64)
    password_hash = Varchar(200)
    password_set_at = Timestamptz(default=TimestamptzNow())
    password_given = Boolean(default=False)
    """Somebody else knows the password, who made the account or set it anew: the person changes it first."""
    roles = Array(base_column=Varchar(32), default=list)
    scope = Varchar(12, default="")
    organization = UUID(null=True, default=None, index=True)
    carer = UUID(null=True, default=None, index=True)
    lang = Varchar(5, default="zh")
    large_type = Boolean(default=False)
    active = Boolean(default=True)
    created_at = Timestamptz(default=TimestamptzNow())


class Session(Table, tablename="app_session"):
    """One signed-in browser; only the hash of its random token is kept."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    token_hash = Bytea(unique=True)
    user = UUID(index=True)
    created_at = Timestamptz(default=TimestamptzNow())
    last_seen_at = Timestamptz(default=TimestamptzNow())
    expires_at = Timestamptz(default=TimestamptzNow())
    proved_at = Timestamptz(default=TimestamptzNow())
    """When the person last gave the password or a code: what is grave asks for it again (stepping up)."""
    pending = Boolean(default=False)
    """The password was right, the second factor is missing: such a session opens nothing."""
    strong = Boolean(default=False)
    """The unified sign-in asked for a second factor: the portal's own is not missing."""
    address = Varchar(64, default="")
    agent = Varchar(200, default="")
    flashes = JSONB(default="[]")


class SecondFactor(Table, tablename="app_second_factor"):
    """A person's authenticator (TOTP, RFC 6238); it counts from `confirmed_at` on."""

    user: UUID = UUID(primary_key=True, default=UUID4())
    secret_enc = Text(default="")
    last_step = BigInt(default=0)
    """The newest time step whose code was taken: no code counts twice."""
    begun_at = Timestamptz(default=TimestamptzNow())
    confirmed_at = Timestamptz(null=True, default=None)


class RecoveryCode(Table, tablename="app_recovery_code"):
    """One way in for who lost the authenticator: a keyed hash, good once."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    user = UUID(index=True)
    code_hash = Varchar(64)
    used_at = Timestamptz(null=True, default=None)


class Identity(Table, tablename="app_identity"):
    """Who a person is at the unified sign-in: a keyed hash of issuer and subject, which may be a national number."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    user = UUID(index=True)
    mark = Varchar(64, unique=True)
    linked_at = Timestamptz(default=TimestamptzNow())


class PasswordCode(Table, tablename="app_password_code"):
    """Somebody asked for a new password under a name, known or not; the worker sees whether there is who can be
    reached. The code that was sent is kept as a keyed hash."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    username = Varchar(64, default="")
    address = Varchar(64, default="")
    asked_at = Timestamptz(default=TimestamptzNow(), index=True)
    handled_at = Timestamptz(null=True, default=None)
    user = UUID(null=True, default=None, index=True)
    code_hash = Varchar(64, default="")
    expires_at = Timestamptz(null=True, default=None)
    used_at = Timestamptz(null=True, default=None)
