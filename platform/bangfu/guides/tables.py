"""What somebody has ticked of the first steps of their role."""

from piccolo.columns import UUID, Array, Boolean, Varchar
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class FirstSteps(Table, tablename="first_steps"):
    """One row per user who ticked a step or put the steps away; who did neither has none."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    user = UUID(unique=True)
    done = Array(base_column=Varchar(32), default=list)
    hidden = Boolean(default=False)
