"""Everything that is held about a person, table by table: the registry behind the export (PIPL art. 45).

A table that names a household or a person, or hangs on one that does, stands here or among EXCLUDED with the reason;
tests/house/test_holdings.py fails for one that stands in neither.
"""

from collections.abc import Mapping
from typing import Final

from bangfu.errors import N_

_OWN = "household = {household} AND (person IS NULL OR person = {person})"
_HOME = "household = {household}"
_NEEDS = "(SELECT id FROM need WHERE household = {household} AND (person IS NULL OR person = {person}))"
_REPORTS = "(SELECT id FROM report WHERE household = {household})"
_ASSESSMENTS = "(SELECT id FROM assessment WHERE household = {household} AND (person IS NULL OR person = {person}))"
_FILES = "(SELECT id FROM child_file WHERE household = {household} AND person = {person})"
_AGREEMENTS = "(SELECT id FROM care_agreement WHERE household = {household} AND person = {person})"
_ASSIGNMENTS = f"(SELECT id FROM assignment WHERE need IN {_NEEDS})"  # noqa: S608 (constants)
_VISITS = f"(SELECT id FROM visit WHERE assignment IN {_ASSIGNMENTS})"  # noqa: S608 (constants)

HOLDINGS: Final[Mapping[str, str]] = {
    "person": "id = {person}",
    "household": "id = {household}",
    "household_category": _HOME,
    "household_review": _HOME,
    "person_leaving": "person = {person}",
    "contact": _OWN,
    "kinship": _OWN,
    "consent": _OWN,
    "consent_withdrawal": "consent IN (SELECT id FROM consent WHERE household = {household}"
    " AND (person IS NULL OR person = {person}))",
    "need": _OWN,
    "emergency_paper": f"need IN {_NEEDS}",
    "need_goal": f"need IN {_NEEDS}",
    "norm_proposal": _OWN,
    "assignment": f"id IN {_ASSIGNMENTS}",
    "contract_movement": f"subject IN {_ASSIGNMENTS}",
    "visit": f"assignment IN {_ASSIGNMENTS}",
    "visit_proof": f"visit IN {_VISITS}",
    "visit_record": f"visit IN {_VISITS}",
    "visit_photo": f"visit IN {_VISITS}",
    "visit_flag": f"visit IN {_VISITS}",
    "visit_note": f"visit IN {_VISITS}",
    "visit_excuse": f"assignment IN {_ASSIGNMENTS}",
    "service_pause": f"need IN {_NEEDS}",
    "visit_explanation": f"visit IN {_VISITS}",
    "visit_dispute": f"visit IN {_VISITS}",
    "spot_check": f"visit IN {_VISITS} OR assessment IN {_ASSESSMENTS}",
    "settlement_visit": f"visit IN {_VISITS}",
    "home_code": _HOME,
    "call_code": f"visit IN {_VISITS}",
    "callback": _HOME,
    "callback_attempt": f"callback IN (SELECT id FROM callback WHERE {_HOME})",  # noqa: S608 (constants)
    "rating_code": _HOME,
    "rating": _HOME,
    "family_card": _HOME,
    "family_answer": _HOME,
    "family_wish": _HOME,
    "process_observation": f"agreement IN {_AGREEMENTS}",
    "visit_sms_code": f"visit IN {_VISITS}",
    "visit_afterwards": f"visit IN {_VISITS}",
    "visit_sheet_line": f"visit IN {_VISITS}",
    "visit_sheet": f"id IN (SELECT sheet FROM visit_sheet_line WHERE visit IN {_VISITS})",  # noqa: S608 (constants)
    "calendar_refusal": f"need IN {_NEEDS}",
    "open_task": f"need IN {_NEEDS}",
    "open_slot": f"task IN (SELECT id FROM open_task WHERE need IN {_NEEDS})",  # noqa: S608 (constants)
    "proposal": f"need IN {_NEEDS}",
    "co_approval": f"need IN {_NEEDS}",
    "assessment": _OWN,
    "assessment_dispute": f"assessment IN {_ASSESSMENTS}",
    "care_agreement": "household = {household} AND person = {person}",
    "care_agreement_line": f"agreement IN {_AGREEMENTS}",
    "agreement_party": f"agreement IN {_AGREEMENTS}",
    "child_file": "household = {household} AND person = {person}",
    "child_color": f"file IN {_FILES}",
    "child_contact": f"file IN {_FILES}",
    "child_guardian": f"file IN {_FILES}",
    "child_measure": f"plan IN (SELECT id FROM child_plan WHERE file IN {_FILES})",  # noqa: S608 (constants)
    "child_plan": f"file IN {_FILES}",
    "report": _HOME,
    "report_need": f"report IN {_REPORTS}",
    "report_reason": f"report IN {_REPORTS}",
    "report_review": f"report IN {_REPORTS}",
    "report_telling": f"report IN {_REPORTS}",
    "report_visit": f"report IN {_REPORTS}",
    "measure": f"report IN {_REPORTS}",
    "outreach_contact": _OWN,
    "outreach_row": _OWN,
    "quarter_line": _HOME,
    "supervision_task": _HOME,
    "supervision_step": f"task IN (SELECT id FROM supervision_task WHERE {_HOME})",  # noqa: S608 (constants)
    "privacy_request": "person = {person}",
}
"""Table -> which of its rows are about the person: a condition with the household's and the person's id."""

SECRET: Final = N_("kept secret by law to protect the child and who reported")
EXCLUDED: Final[Mapping[str, str]] = {
    "incident": SECRET,
    "incident_entry": SECRET,
    "visit_danger": SECRET,
    "complaint": N_("kept secret by law to protect who complained; the reply was told"),
    "complaint_entry": N_("kept secret by law to protect who complained; the reply was told"),
    "complaint_handover": N_("kept secret by law to protect who complained; the reply was told"),
    "read_log": N_("listed under “Who read it”"),
    "audit_event": N_("listed under “What happened”; holds codes and numbers only"),
    "household_merge": N_("a technical copy of what stands in the register"),
    "not_duplicate": N_("says only that two households are not the same"),
    "match_run": N_("names households by a technical number only; its results are listed as proposals"),
    "visit_plan_row": N_("drafts of calendars; what was published is listed as visits"),
    "location_miss": N_("working lists of addresses without a place; the household's own data stand above"),
    "field_entry": N_("drafts of staff on the way, sealed; what becomes of them is listed as reports"),
    "ledger_piece": N_("files of such lists, sealed, deleted after a day"),
    "ledger_part": N_("copies of lists with masked names, sealed; what they were made from is listed above"),
    "job": N_("technical; names objects by number only"),
    "message": N_("messages of staff; numbers and links only"),
    "outbox": N_("messages of staff; numbers and links only"),
    "api_client": N_("other systems, no people; its sealed secret signs requests"),
    "webhook_endpoint": N_("other systems, no people; its sealed secret signs requests"),
    "webhook_delivery": N_("numbers of objects that changed, as other systems were told"),
    "api_request": N_("numbers of what other systems sent; what they told is listed as reports"),
    "check_inspector": N_("who of the staff was drawn to check; what they found is listed as spot checks"),
    "draw_pick": N_("what was drawn to be checked; listed as spot checks"),
    "check_attempt": N_("when staff tried to reach somebody for a spot check"),
    "stored_file": N_("scans of signed papers; what they say is listed above, a copy is handed out on request"),
    "upload": N_("lists as they were handed in; deleted after use, their content stands in the register"),
}  # fmt: skip
"""Table -> why it is not part of the export; the package names these reasons."""
NO_PERSON: Final = frozenset(
    {
        "message_channel", "carer", "app_user", "app_second_factor", "qualification", "organization_bar",
        "availability", "training_record",
        "carer_day", "carer_leave", "calendar_feed", "volunteer_application",
        "volunteer_step", "swap_request", "volunteer_no_show", "volunteer_service", "volunteer_hours",
        "volunteer_hours_change", "volunteer_certificate", "volunteer_note", "volunteer_brought",
        "volunteer_insurance", "guardian_consent", "clearance_check", "expiry_notice",
        "contract", "contract_note", "contract_amendment", "contract_acceptance", "contract_acceptance_member",
        "contract_acceptance_finding", "settlement_statement", "settlement_line", "settlement_claim",
        "settlement_adjustment", "payee_account", "payment_item",
        "carer_photo", "draw_secret", "score_appeal", "score_veto", "score_follow", "score_note",
    }
)  # fmt: skip
"""Tables about staff and carers, not about assisted people."""

THIRD: Final[Mapping[tuple[str, str], str]] = {
    ("consent", "giver"): "name",
    ("consent_withdrawal", "withdrawn_by"): "name",
    ("contact", "name"): "name",
    ("contact", "phone"): "phone",
    ("child_guardian", "name"): "name",
    ("child_guardian", "phone"): "phone",
    ("child_file", "teacher"): "name",
    ("report", "source"): "hide",
    ("report", "reporter_name"): "hide",
    ("report", "reporter_phone"): "hide",
    ("report_visit", "met"): "name",
    ("report_review", "participants"): "hide",
    ("report_telling", "received_by"): "name",
    ("assessment", "informant"): "name",
    ("care_agreement", "caregiver"): "hide",
    ("visit_sheet", "witness"): "name",
    ("spot_check", "appeal"): "hide",
    ("spot_check", "decision"): "hide",
    ("spot_check", "returned"): "hide",
    ("care_agreement", "emergency"): "hide",
    ("care_agreement", "document"): "hide",
    ("agreement_party", "name"): "name",
    ("agreement_party", "signatory"): "name",
    ("agreement_party", "witness"): "name",
    ("privacy_request", "applicant"): "name",
}
"""Columns that name somebody else: masked, or left out where the law protects who reported."""

TECHNICAL: Final = frozenset(
    {
        "version", "address_grams", "sort",
        "search_version", "search_terms", "name_grams", "pinyin", "head_pinyin", "initials", "alternatives",
        "cost", "cost_parts", "load_minutes", "load_before", "load_after", "load_limit", "checks", "reason_detail",
        "binding_detail", "revision", "undo", "document_hash", "signed_hash", "check_code",
        "mark", "population", "population_hash", "code_hash", "pin_hash", "out_before", "traits",
    }
)  # fmt: skip
