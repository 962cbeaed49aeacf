"""Routes and objects of organisations: their register, licences, bars, conflict links, declared capacity."""

import base64
from uuid import UUID, uuid4

from bangfu.providers.licensing import FILES
from bangfu.providers.register_tables import OrganizationLicence, OrganizationLink
from bangfu.providers.tables import Organization
from bangfu.shared.clock import now, today
from bangfu.shared.database import transaction
from bangfu.shared.files import keep, look_at
from tests.authorisation.row import Row, Stage
from tests.support import FOREIGN_VILLAGE, World

_ONE = "/providers/{organization:uuid}"
_LICENCE = f"{_ONE}/licences/{{licence:uuid}}"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/providers/new"): Row("providers.edit"),
    ("POST", "/providers/new"): Row("providers.edit"),
    ("GET", f"{_ONE}/edit"): Row("providers.edit", "kept_organization"),
    ("POST", f"{_ONE}/edit"): Row("providers.edit", "kept_organization"),
    ("GET", f"{_ONE}/licences/new"): Row("providers.edit", "kept_organization"),
    ("POST", f"{_ONE}/licences/new"): Row("providers.edit", "kept_organization"),
    ("POST", f"{_LICENCE}/verify"): Row("providers.edit", "organization_licence"),
    ("GET", f"{_LICENCE}/reject"): Row("providers.edit", "organization_licence"),
    ("POST", f"{_LICENCE}/reject"): Row("providers.edit", "organization_licence"),
    ("GET", f"{_LICENCE}/files/{{file:uuid}}"): Row("providers.read", "licence_file"),
    ("GET", f"{_ONE}/links/new"): Row("providers.edit", "kept_organization"),
    ("POST", f"{_ONE}/links/new"): Row("providers.edit", "kept_organization"),
    ("POST", f"{_ONE}/links/{{link:uuid}}/end"): Row("providers.edit", "organization_link"),
    ("GET", f"{_ONE}/bar"): Row("providers.bar", "kept_organization"),
    ("POST", f"{_ONE}/bar"): Row("providers.bar", "kept_organization"),
    ("POST", f"{_ONE}/lift"): Row("providers.bar", "kept_organization"),
    ("GET", "/organization/licences/new"): Row("licences.hand_in"),
    ("POST", "/organization/licences/new"): Row("licences.hand_in"),
    ("GET", "/organization/licences/{licence:uuid}/files/{file:uuid}"): Row("own_organization.read", "own_licence"),
    ("GET", "/organization/capacity"): Row("capacity.declare"),
    ("POST", "/organization/capacity"): Row("capacity.declare"),
    ("POST", "/organization/capacity/confirm"): Row("capacity.declare"),
}
_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


async def put_objects(stage: Stage, world: World) -> None:
    """A licence with its scan and a link here; one of an organisation that sits and serves elsewhere."""
    far = Organization(
        id=uuid4(), uscc="53990101A00000054R", name="远方基金会", org_type="foundation", division=FOREIGN_VILLAGE,
        service_area=["990102"],
    )  # fmt: skip
    await far.save()
    stage.put("kept_organization", world.organization, far.id)
    own, licence_file = await _licence(world, world.organization)
    foreign, far_file = await _licence(world, far.id)
    rival, rival_file = await _licence(world, world.other_organization)
    stage.put("organization_licence", (world.organization, own), (far.id, foreign))
    stage.put("licence_file", (world.organization, own, licence_file), (far.id, foreign, far_file))
    stage.put("own_licence", (own, licence_file), (rival, rival_file), "manager")
    stage.put("own_licence", (rival, rival_file), (own, licence_file), "other_manager")
    stage.put("own_licence", (own, licence_file), (rival, rival_file))
    links = []
    for organization in (world.organization, far.id):
        link = OrganizationLink(
            id=uuid4(), a=organization, b=world.other_organization, kind="affiliated", starts_on=today()
        )
        await link.save()
        links.append((organization, link.id))
    stage.put("organization_link", *links)


async def _licence(world: World, organization: UUID) -> tuple[UUID, UUID]:
    row = OrganizationLicence(
        id=uuid4(), organization=organization, kind="charity", number="L-1", entered_by=world["manager"].me
    )
    await row.save()
    looked = await look_at("licence.png", _PNG)
    async with transaction():
        file = await keep(world["manager"], FILES, row.id, "licence", looked, now())
    return row.id, file
