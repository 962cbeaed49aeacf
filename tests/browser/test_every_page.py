"""Every page that a route can show: no accessibility fault, no sideways scroll, no request to another host."""

import re

import pytest

from bangfu.shared.permissions import PERMISSIONS
from tests.authorisation.matrix import MATRIX
from tests.browser.conftest import Portal, faults_of
from tests.support import ROLES

pytestmark = pytest.mark.asyncio(loop_scope="module")
_PARAMETER = re.compile(r"\{[^}]+\}")
_NO_PAGE = {
    "/signin/unified", "/signin/unified/back", "/signin/code",
    "/home/photo", "/carers/{carer:uuid}/photo/file",
    "/duties/chains.csv",
    "/ledgers/issues/{ledger_issue:uuid}/progress", "/ledgers/issues/{ledger_issue:uuid}/file",
    "/ledgers/exports/{ledger_export:uuid}/progress", "/ledgers/exports/{ledger_export:uuid}/file",
    "/households/{household:uuid}/ledger",
    "/payments/batches/{batch:uuid}/file",
    "/feeds/{name:str}",
    "/contracts/{contract:uuid}/lines/{line:uuid}/ledger/export",
    "/my-contracts/{contract:uuid}/lines/{line:uuid}/ledger/export",
    "/contracts/{contract:uuid}/amendments/{amendment:uuid}/files/{file:uuid}",
    "/my-contracts/{contract:uuid}/amendments/{amendment:uuid}/files/{file:uuid}",
    "/contracts/{contract:uuid}/milestones/{milestone:uuid}/files/{file:uuid}",
    "/my-contracts/{contract:uuid}/milestones/{milestone:uuid}/files/{file:uuid}",
    "/contracts/{contract:uuid}/parts/{part:uuid}/files/{file:uuid}",
    "/contracts/{contract:uuid}/acceptance/{acceptance:uuid}/files/{file:uuid}",
    "/draws/draw.py", "/draws/public/{draw_round:uuid}/lists.json", "/draws/public/{draw_round:uuid}/result.json",
    "/verification/anomalies.csv", "/visits/{visit:uuid}/photos/{photo:uuid}",
    "/static/{file_path:path}", "/healthz", "/readyz", "/inbox/{message:uuid}", "/match/{run:uuid}/sums",
    "/match/{run:uuid}/progress", "/match/replans/{study:uuid}/progress", "/match/scenarios/{study:uuid}/progress",
    "/directory/export/{form:str}", "/directory/import/{directory_upload:uuid}/notes.csv",
    "/map/points.json", "/map/towns.json", "/reports/rows/{figure:str}/csv",
    "/schedule/plans/{plan:uuid}/progress",
    "/imports/template/{kind:str}/{extension:str}",
    "/imports/uploads/{upload_id:uuid}/report/{extension:str}",
    "/imports/uploads/{upload_id:uuid}/result/{extension:str}", "/api/openapi.json",
    "/api/v1/reports/{client_reference:str}", "/api/v1/openapi.json",
    "/outreach/quarters/{quarter_list:uuid}/list.csv", "/field/ready", "/field/worker.js",
    "/carers/{carer:uuid}/papers/{paper:uuid}/files/{file:uuid}",
    "/providers/{organization:uuid}/licences/{licence:uuid}/files/{file:uuid}",
    "/organization/licences/{licence:uuid}/files/{file:uuid}",
    "/budgets/export.csv", "/budgets/commitments.csv", "/budgets/{fund:uuid}/files/{file:uuid}",
    "/agreements/coverage.csv", "/agreements/{agreement:uuid}/files/{file:uuid}", "/agreements/{agreement:uuid}/paper",
    "/my-agreements/{agreement:uuid}/paper",
    "/purchases/{plan:uuid}/export/{kind:str}", "/purchases/{plan:uuid}/comparison/{kind:str}",
    "/contracts/{contract:uuid}/files/{file:uuid}", "/my-contracts/{contract:uuid}/files/{file:uuid}",
    "/visits/{visit:uuid}/files/{file:uuid}", "/my-visits/ready", "/my-visits/keep", "/my-visits/worker.js",
    "/app.webmanifest", "/volunteer-tasks/new", "/my-hours/record/{kind:str}",
    "/volunteers/{carer:uuid}/record/{kind:str}",
    "/my-hours/certificates/{certificate:uuid}/paper", "/volunteer-certificates/{certificate:uuid}/paper",
    "/due/export/{kind:str}", "/org-due/export/{kind:str}", "/visits/export/{kind:str}",
    "/org-visits/export/{kind:str}", "/excuses/{reason:uuid}/file",
    "/visit-sheets/{carer:uuid}/paper", "/visit-sheets/scans/{sheet:uuid}", "/visits/evidence.csv",
    "/visits/{visit:uuid}/afterwards/file",
    "/complaints/{complaint:uuid}/files/{entry:uuid}", "/my-complaints/{complaint:uuid}/files/{file:uuid}",
    "/complaints/discipline/files/{handover:uuid}",
    "/checks/{check:uuid}/files/{file:uuid}", "/my-checks/{check:uuid}/files/{file:uuid}",
    "/my-results/{check:uuid}/files/{file:uuid}",
    "/appeals/{appeal:uuid}/files/{file:uuid}", "/my-appeals/{appeal:uuid}/files/{file:uuid}",
    "/vetoes/{veto:uuid}/files/{file:uuid}", "/my-vetoes/{veto:uuid}/files/{file:uuid}",
    "/rectifications/{follow:uuid}/files/{file:uuid}", "/my-rectifications/{follow:uuid}/files/{file:uuid}",
    "/settlements/{statement:uuid}/bundle", "/settlements/{statement:uuid}/report.pdf",
    "/settlements/{statement:uuid}/report.xlsx", "/my-settlements/{statement:uuid}/bundle",
    "/my-settlements/{statement:uuid}/report.pdf", "/my-settlements/{statement:uuid}/report.xlsx", "/check/verify.py",
}  # fmt: skip
"""Files, redirects and parts of pages."""
_PREFERRED = (
    "dispatcher", "officer", "coordinator", "manager", "volunteer", "worker", "bureau", "admin", "auditor", "lead",
    "child_director", "child_supervisor", "liaison", "assessor", "grid", "finance",
)  # fmt: skip


def _visitor(path: str, permission: str) -> str:
    """The member of the cast who is shown this page."""
    if permission == "public":
        return ""
    if permission == "signed_in":
        return "dispatcher"
    return next(name for name in _PREFERRED if ROLES[name][0] in PERMISSIONS[permission])


PAGES = sorted(
    (path, row.kind, _visitor(path, row.permission))
    for (method, path), row in MATRIX.items()
    if method == "GET" and path not in _NO_PAGE and row.permission != "bearer"
)


@pytest.mark.parametrize(("path", "kind", "name"), PAGES, ids=[page[0] for page in PAGES])
async def test_a_page_is_accessible_and_fits_every_width(path: str, kind: str, name: str, portal: Portal) -> None:
    hosts: set[str] = set()
    page = await _open(portal, path, kind, name, hosts)
    assert await faults_of(page) == []
    for width in (390, 320):
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, f"scrolls sideways at {width} px"
    await page.set_viewport_size({"width": 390, "height": 844})
    # Colours do not depend on the width: the slowest rule has looked at them above.
    assert await faults_of(page, without=("color-contrast",)) == []
    assert hosts <= {portal.url}
    await page.close()


async def _open(portal: Portal, path: str, kind: str, name: str, hosts: set[str]):
    page = await portal.reader(name)
    page.on("request", lambda request: hosts.add("/".join(request.url.split("/")[:3])))
    own = portal.stage.mine(kind, name) if kind else ()
    values = iter(own if isinstance(own, tuple) else (own,))
    answer = await page.goto(
        _PARAMETER.sub(lambda _: str(next(values)), path) if kind else path.replace("{rest:path}", "x")
    )
    assert answer is not None
    assert answer.status == (404 if "{rest" in path else 200)
    assert await page.get_attribute("html", "lang") == "zh-CN"
    return page
