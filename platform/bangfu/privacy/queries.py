"""Reads about requests, inside the actor's scope; names are masked."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.households.sealing import unseal
from bangfu.households.tables import Person
from bangfu.privacy.tables import PrivacyRequest
from bangfu.shared.actor import Actor
from bangfu.shared.masking import mask_name


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request as its page shows it."""

    id: UUID
    number: str
    household: UUID
    person: UUID
    household_number: str
    person_name: str
    kind: str
    applicant: str
    applicant_relation: str
    reason: str
    status: str
    answer: str
    made_by: str
    created_at: datetime
    closed_at: datetime | None


_REQUEST = (
    "SELECT r.*, h.number AS household_number, p.name, coalesce(u.display_name, '') AS made_by FROM privacy_request r"
    " JOIN household h ON h.id = r.household JOIN person p ON p.id = r.person"
    " LEFT JOIN app_user u ON u.id = r.created_by"
)


async def requests(actor: Actor, limit: int, offset: int) -> tuple[list[RequestView], int]:
    """One page of the requests of the actor's scope, the open ones first, and how many there are."""
    scope = f"{actor.scope}%" if actor.scope else ""
    rows = await PrivacyRequest.raw(
        _REQUEST + " WHERE r.division LIKE {} ORDER BY r.status <> 'open', r.created_at DESC, r.id LIMIT {} OFFSET {}",
        scope, limit, offset,
    )  # fmt: skip
    total = await PrivacyRequest.raw("SELECT count(*) AS n FROM privacy_request WHERE division LIKE {}", scope)
    return [_view(row) for row in rows], total[0]["n"]


async def request_for(actor: Actor, request: UUID) -> RequestView:
    """One request.

    Raises:
        NotYours: if there is none in the actor's scope.
    """
    rows = await PrivacyRequest.raw(_REQUEST + " WHERE r.id = {}", request)
    if not rows or not actor.sees(rows[0]["division"]):
        raise NotYours
    return _view(rows[0])


def _view(row: dict[str, object]) -> RequestView:
    same = ("id", "number", "household", "person", "household_number", "kind", "applicant_relation", "status",
            "made_by", "created_at", "closed_at")  # fmt: skip
    return RequestView(
        **{name: row[name] for name in same},  # type: ignore[arg-type]
        person_name=mask_name(str(row["name"])),
        applicant=mask_name(unseal("privacy_request", row, "applicant_enc")),
        reason=unseal("privacy_request", row, "reason_enc"),
        answer=unseal("privacy_request", row, "answer_enc"),
    )


async def births(household: UUID) -> dict[UUID, date | None]:
    """Member -> birth date."""
    rows = await Person.raw("SELECT id, birth_date FROM person WHERE household = {}", household)
    return {row["id"]: row["birth_date"] for row in rows}
