"""What a database holds from the start: services, working days, catalogue, norms, assessment forms.

Each part adds what is missing and never changes what the bureau changed; repeating it changes nothing.
"""

import bangfu.assessments.loading
import bangfu.catalogue.loading
import bangfu.needs.catalogue
import bangfu.quality.standards
import bangfu.supervision.calendar
import bangfu.visits.door_checklists

PARTS = (
    bangfu.needs.catalogue.load_defaults,
    bangfu.supervision.calendar.load_defaults,
    bangfu.catalogue.loading.load_defaults,
    bangfu.assessments.loading.load_forms,
    bangfu.visits.door_checklists.load_defaults,
    bangfu.quality.standards.load_defaults,
)
"""In their order: a later part may refer to an earlier one."""


async def load_defaults() -> None:
    """Load every part, after the migrations."""
    for load in PARTS:
        await load()
