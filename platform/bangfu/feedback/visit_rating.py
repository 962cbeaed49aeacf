"""Stars for one visit, given on the household's own page (docs/decisions/0059): one score a visit.

They add to the household's voice like every other score (DOMAIN.md 5.4); the triggers of `rating` hold for them too.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.feedback import codes, policy, rules
from bangfu.feedback.rating import PUBLIC, SERVES, tell
from bangfu.feedback.serving import on_serving_side, subject_of
from bangfu.feedback.tables import Rating
from bangfu.households.sealing import seal
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date, quarter_of, quarter_span
from bangfu.shared.database import transaction
from bangfu.visits.tables import Visit


async def give_for_visit(
    visitor: Actor | None, household: UUID, visit: UUID, key: UUID, stars: int, source: str, words: str, traits: str,
    at: datetime,
) -> None:  # fmt: skip
    """Keep the stars for a visit. A second score of the same visit changes nothing.

    Args:
        visitor: who is signed in on the phone, if anybody is.

    Raises:
        NotYours: for a visit of another home.
        NotAllowed: for somebody of the serving side who is signed in.
        FormError: for other numbers than 1 to 5, or an unknown source.
        Refused: for a visit that did not take place, that nobody is paid for, or whose quarter is over.
    """
    if stars not in rules.STARS:
        raise FormError({"stars": (N_("Please choose 1 to 5 stars."), {})})
    if source not in {"self", "guardian"}:
        raise FormError({"source": (N_("Please choose one of the list."), {})})
    async with transaction():
        row = await Visit.objects().get(Visit.id == visit)
        if row is None or row.household != household:
            raise NotYours
        await audit.hold(row.division)
        if await Rating.exists().where((Rating.visit == visit) & Rating.replaced.eq(False)):
            return
        year, quarter = quarter_of(civil_date(row.planned_start))
        part = await subject_of(visit, year, quarter)
        days = policy.in_force(quarter_span(year, quarter)[0]).code_days
        if part is None or at >= codes.ends(year, quarter, days):
            raise Refused(N_("No stars can be given for this visit. Please call the station."))
        if visitor and await on_serving_side(visitor.user, *part, household, year, quarter):
            raise NotAllowed(SERVES)
        columns: dict[str, Any] = {"kind": part[0], "subject": part[1], "year": year, "quarter": quarter}
        rating = Rating(
            id=key, household=household, division=row.division, source=source, stars=stars, visit=visit,
            entered_by=visitor.user if visitor else None, traits=traits, day=civil_date(at), at=at,
            words_enc=seal("rating", "words_enc", key, words), has_words=bool(words), **columns,
        )  # fmt: skip
        await rating.save()
        await tell(visitor or PUBLIC, rating, at)
