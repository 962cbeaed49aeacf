"""One child, one file, one plan (一人一档一策): colours with their basis, plans, guardians, school, contacts."""

from piccolo.columns import UUID, Array, Boolean, Date, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class ChildFile(Table, tablename="child_file"):
    """The file of one child; `color` and `review_on` are those of the newest colour."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    household = UUID(index=True)
    person = UUID(unique=True)
    division = Varchar(12, index=True)
    status = Varchar(8, default="active", index=True)
    color = Varchar(8, default="green")
    color_since = Date()
    review_on = Date(index=True)
    school_enc = Text(default="")
    grade = Varchar(16, default="")
    boarding = Boolean(default=False)
    teacher_enc = Text(default="")
    closed_reason = Varchar(16, default="")
    opened_by = UUID(null=True, default=None)
    opened_at = Timestamptz(default=TimestamptzNow())
    version = Integer(default=1)


class ChildColor(Table, tablename="child_color"):
    """A colour that a person gave with its basis, or an assessment did; append-only but for its key."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    file = UUID(index=True)
    color = Varchar(8)
    areas = Array(base_column=Varchar(16), default=list)
    basis_enc = Text(default="")
    assessment = UUID(null=True, default=None)
    given_on = Date()
    review_on = Date()
    given_by = UUID(null=True, default=None)
    given_at = Timestamptz(default=TimestamptzNow())


class ChildPlan(Table, tablename="child_plan"):
    """A version of the child's plan; the newest counts, older ones stay."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    file = UUID(index=True)
    version = Integer()
    goal_enc = Text(default="")
    written_by = UUID(null=True, default=None)
    written_at = Timestamptz(default=TimestamptzNow())


class ChildMeasure(Table, tablename="child_measure"):
    """One line of a plan: what, who, until when, and when it was done."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    plan = UUID(index=True)
    position = Integer(default=0)
    what_enc = Text(default="")
    who = Varchar(60, default="")
    due_on = Date(null=True, default=None)
    done_on = Date(null=True, default=None)
    done_by = UUID(null=True, default=None)


class ChildGuardian(Table, tablename="child_guardian"):
    """Who has, or should have, the child in care, and whether they can."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    file = UUID(index=True)
    name_enc = Text(default="")
    phone_enc = Text(default="")
    relation = Varchar(16, default="other")
    capacity = Varchar(8, default="able")
    lives_with = Boolean(default=False)
    recorded_by = UUID(null=True, default=None)
    recorded_at = Timestamptz(default=TimestamptzNow())
    ended_on = Date(null=True, default=None)


class ChildContact(Table, tablename="child_contact"):
    """A visit, call or talk about the child; visits fill the windows of the colour's norm."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    file = UUID(index=True)
    kind = Varchar(8)
    met_at = Timestamptz()
    child_seen = Boolean(default=False)
    what_enc = Text(default="")
    recorded_by = UUID(null=True, default=None)
    recorded_at = Timestamptz(default=TimestamptzNow())
