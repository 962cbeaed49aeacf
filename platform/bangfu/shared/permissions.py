"""Who may open what: one table, read by every route's access check and by the menu (DOMAIN.md 1.5)."""

STATION = frozenset({"assist_coordinator", "child_director", "social_worker"})
TOWNSHIP = frozenset({"township_officer", "station_dispatcher"})
BUREAU = frozenset({"bureau_officer", "bureau_lead"})
SERVERS = frozenset({"provider_manager", "social_worker", "volunteer"})
AT_THE_DOOR = frozenset({"caregiver", "social_worker", "volunteer"})
"""The named server of a visit, with an account."""
INSPECTORS = frozenset({"township_officer", "bureau_officer", "assessor"})
"""Who may be drawn to check visits on the spot (DOMAIN.md 5.3, 8.8)."""
OFFICE = STATION | TOWNSHIP | BUREAU
CHILD_WORKERS = frozenset({"child_director", "child_supervisor", "social_worker"})
FIELD = frozenset({"grid_worker", "volunteer"})
"""People who meet households and report, and see nothing but what they reported."""
LIAISON = frozenset({"department_liaison"})
WORKERS = OFFICE | CHILD_WORKERS | FIELD | LIAISON | AT_THE_DOOR | {"provider_manager", "assessor", "finance_officer"}
"""Everybody who may be given something to do."""

PERMISSIONS: dict[str, frozenset[str]] = {
    "households.read": OFFICE | {"auditor"},
    "households.record": STATION | {"township_officer"},
    "households.unmask": STATION | TOWNSHIP | BUREAU,
    "needs.read": OFFICE | {"auditor"},
    "needs.record": STATION,
    "needs.decide": frozenset({"township_officer"}),
    "needs.papers": STATION | {"township_officer"},
    "providers.read": TOWNSHIP | BUREAU | {"auditor"},
    "own_organization.read": frozenset({"provider_manager"}),
    "planning.read": frozenset({"station_dispatcher"}) | BUREAU | {"auditor"},
    "planning.run": frozenset({"station_dispatcher"}),
    "planning.assume": frozenset({"station_dispatcher"}) | BUREAU,
    "maps.read": TOWNSHIP | BUREAU | {"auditor"},
    "dispatch.read": TOWNSHIP | BUREAU | {"auditor"},
    "dispatch.cancel": frozenset({"station_dispatcher"}),
    "tasks.organization": frozenset({"provider_manager"}),
    "tasks.own": frozenset({"social_worker", "volunteer"}),
    "imports.use": TOWNSHIP | {"bureau_officer", "provider_manager"},
    "imports.locate": TOWNSHIP | {"bureau_officer"},
    "divisions.read": OFFICE | {"auditor"},
    # who has what to do until when (8.10): own tasks, a unit's board, the leaders' wall
    "supervision.own": WORKERS,
    "supervision.read": WORKERS | {"auditor"},
    "supervision.board": TOWNSHIP | BUREAU | {"auditor"},
    "supervision.wall": BUREAU | {"township_officer", "auditor"},
    "supervision.close": BUREAU | {"township_officer"},
    "calendar.manage": frozenset({"bureau_officer"}),
    "deliveries.read": frozenset({"sysadmin"}),
    # the register (1.1, 1.2)
    "households.status": frozenset({"township_officer"}),
    "households.merge": frozenset({"township_officer"}),
    "kinship.declare": OFFICE,
    "households.reviews": STATION | {"township_officer", "bureau_officer", "auditor"},
    # consent and what is held on a person (9.1)
    "privacy.export": frozenset({"township_officer", "bureau_officer"}),
    "privacy.readers": frozenset({"township_officer", "bureau_officer", "auditor"}),
    "consent_texts.edit": frozenset({"bureau_officer"}),
    # the catalogue and its norms (2)
    "catalogue.read": OFFICE | {"provider_manager", "auditor"},
    "catalogue.edit": frozenset({"bureau_officer"}),
    "catalogue.publish": frozenset({"bureau_lead"}),
    "norms.propose": STATION,
    # assessments (3)
    "assessments.read": OFFICE | {"assessor", "auditor"},
    "assessments.assess": frozenset({"assessor", "social_worker"}),
    "assessments.dispute": STATION | {"township_officer"},
    "assessments.decide": frozenset({"township_officer"}),
    # the roles that may see what is said about health (households.rules.UNMASK_ROLES)
    "assessments.answers": frozenset({"child_director", "social_worker", "township_officer", "bureau_officer"}),
    "assessment_forms.edit": frozenset({"bureau_officer"}),
    "assessment_forms.publish": frozenset({"bureau_lead"}),
    # the child file (1.2); incidents (8.2)
    "children.read": CHILD_WORKERS | {"township_officer", "bureau_officer"},
    # how many children of which colour; whose files they are stays with children.read
    "children.figures": BUREAU | {"township_officer"},
    "children.keep": CHILD_WORKERS,
    "incidents.report": OFFICE | CHILD_WORKERS | FIELD | AT_THE_DOOR | {"provider_manager", "assessor"},
    "incidents.handle": frozenset({"township_officer", "bureau_officer", "child_supervisor"}),
    # discovery (8.1)
    "discovery.report": STATION | FIELD,
    "discovery.read": OFFICE | {"auditor"},
    "discovery.match": frozenset({"station_dispatcher"}),
    "discovery.verify": frozenset({"social_worker", "township_officer"}),
    "discovery.decide": frozenset({"township_officer"}),
    "discovery.confirm": frozenset({"bureau_officer"}),
    "discovery.tell": frozenset({"assist_coordinator"}),
    "discovery.set_measures": frozenset({"township_officer", "bureau_officer"}),
    "discovery.answer": TOWNSHIP | {"assist_coordinator", "bureau_officer"},
    "discovery.appeal": STATION | {"bureau_officer"},
    "discovery.measures": LIAISON | OFFICE,
    # policy looks for people, the quarterly list
    "outreach.read": OFFICE | {"auditor"},
    "outreach.work": STATION,
    "outreach.quarter": frozenset({"township_officer"}),
    # exchange
    "exchange.export": STATION | TOWNSHIP | BUREAU,
    "exchange.unmasked": BUREAU,
    "exchange.clients": frozenset({"bureau_officer"}),
    # a system administrator may stop a token but not make one: with it they would read business data (8.11)
    "exchange.tokens": frozenset({"bureau_officer", "sysadmin"}),
    "exchange.tokens_add": frozenset({"bureau_officer"}),
    # the register of organisations and the people who serve (1.4, 2.3)
    "providers.edit": frozenset({"bureau_officer"}),
    "providers.bar": frozenset({"bureau_lead"}),
    "capacity.declare": frozenset({"provider_manager"}),
    "licences.hand_in": frozenset({"provider_manager"}),
    "carers.keep": frozenset({"provider_manager", "station_dispatcher", "bureau_officer"}),
    "carers.read": frozenset({"provider_manager", "auditor"}) | TOWNSHIP | BUREAU,
    "qualifications.verify": frozenset({"township_officer", "bureau_officer"}),
    "volunteers.approve": frozenset({"station_dispatcher"}),
    "roster.read": frozenset({"provider_manager"}) | TOWNSHIP | BUREAU,
    "roster.keep": frozenset({"provider_manager", "station_dispatcher"}),
    "roster.own": frozenset({"social_worker", "volunteer"}),
    "feeds.own": frozenset({"provider_manager", "social_worker", "volunteer"}),
    # budgets and the cap (4.3)
    "budgets.read": BUREAU | {"finance_officer", "auditor"},
    "budgets.edit": frozenset({"finance_officer"}),
    "budgets.confirm": frozenset({"bureau_lead"}),
    # contracts (4.2, 8.6): drafter, checker, approver are three people
    "contracts.read": TOWNSHIP | BUREAU | {"finance_officer", "auditor"},
    "contracts.own": frozenset({"provider_manager"}),
    "contracts.draft": frozenset({"bureau_officer"}),
    "contracts.check": frozenset({"finance_officer"}),
    "contracts.approve": frozenset({"bureau_lead"}),
    "contracts.close": frozenset({"finance_officer"}),
    "contracts.steer": BUREAU,
    # a station run by an agency dispatches to it only with the township's word (8.11)
    "co_approval.read": TOWNSHIP | BUREAU | {"auditor"},
    "co_approval.ask": frozenset({"station_dispatcher"}),
    "co_approval.decide": frozenset({"township_officer"}),
    # care agreements (4.1, 8.7)
    "agreements.read": OFFICE | {"auditor"},
    "agreements.draft": frozenset({"township_officer"}),
    # the whole paper with names, numbers and address (9.3): who has it signed and who oversees it
    "agreements.paper": frozenset({"township_officer", "assist_coordinator", "bureau_officer"}),
    "agreements.guide": frozenset({"bureau_officer"}),
    "agreements.own": frozenset({"provider_manager"}),
    # paper is recorded by the station or the township; the bureaus and the township sign by own account
    "agreements.sign": STATION | BUREAU | {"township_officer"},
    "agreements.record": STATION | {"township_officer"},
    "rates.read": OFFICE | {"finance_officer", "auditor"},
    "rates.edit": frozenset({"bureau_officer"}),
    "rates.publish": frozenset({"bureau_lead"}),
    # the yearly purchase list
    "purchasing.read": BUREAU | {"finance_officer", "auditor"},
    "purchasing.edit": frozenset({"bureau_officer"}),
    "purchasing.approve": frozenset({"bureau_lead"}),
    # visits (5, 8.8): the server at the door, the organisation, the office, the desk that records for others
    "visits.own": AT_THE_DOOR,
    "visits.organization": frozenset({"provider_manager"}),
    "visits.read": OFFICE | {"auditor"},
    "visits.desk": frozenset({"assist_coordinator", "station_dispatcher"}),
    "visits.codes": STATION | TOWNSHIP,
    # photos and signatures of a visit: who served, the organisation that did, who oversees it; never the auditor
    "visits.pictures": AT_THE_DOOR | OFFICE | {"provider_manager"},
    "visits.photos": OFFICE,
    "visits.excuse": frozenset({"township_officer"}),
    "visits.approve": frozenset({"township_officer"}),
    "visits.sheets": frozenset({"assist_coordinator", "station_dispatcher", "provider_manager"}),
    "visits.afterwards": AT_THE_DOOR | {"provider_manager"},
    "visits.attest": frozenset({"provider_manager"}),
    "visits.approval": OFFICE | AT_THE_DOOR | {"provider_manager", "auditor"},
    "visits.evidence_file": AT_THE_DOOR | BUREAU | {"provider_manager", "township_officer", "auditor"},
    "visits.evidence": TOWNSHIP | BUREAU | {"provider_manager", "auditor"},
    # the calendar: an organisation plans its own people, the station those without one, carers see themselves
    "schedules.read": frozenset({"provider_manager"}) | TOWNSHIP | BUREAU,
    "schedules.plan": frozenset({"provider_manager", "station_dispatcher"}),
    "schedules.own": AT_THE_DOOR,
    # the check of visits (5.2): never by the server's own side
    "verification.read": OFFICE | {"auditor"},
    "verification.decide": frozenset({"township_officer"}),
    "verification.dispute": frozenset({"bureau_officer"}),
    "verification.anomalies": TOWNSHIP | BUREAU | {"auditor"},
    "verification.policy": frozenset({"bureau_officer"}),
    "verification.publish": frozenset({"bureau_lead"}),
    "verification.organization": frozenset({"provider_manager"}),
    # volunteers (7)
    "volunteers.own": frozenset({"volunteer"}),
    "volunteers.organise": frozenset({"station_dispatcher", "provider_manager"}),
    "volunteers.read": TOWNSHIP | BUREAU | {"auditor", "provider_manager"},
    "volunteers.award": frozenset({"bureau_officer"}),
    # complaints (5.4, 8.9): who handles one is not its target nor of its staff; the auditor alone sees who reported
    # what came from or goes to discipline inspection
    "complaints.read": OFFICE | {"auditor"},
    "complaints.enter": STATION | TOWNSHIP | BUREAU,
    # the lead handles what is about an officer of the bureau
    "complaints.decide": frozenset({"township_officer"}) | BUREAU,
    "complaints.identity": frozenset({"township_officer", "auditor"}) | BUREAU,
    "complaints.self_report": OFFICE | AT_THE_DOOR | {"provider_manager"},
    "complaints.extend": frozenset({"bureau_lead"}),
    "complaints.organization": frozenset({"provider_manager"}),
    "complaints.discipline": frozenset({"auditor"}),
    # spot checks (5.3, 8.8): each secret is its holder's; inspectors without a link to what they check
    "draws.read": TOWNSHIP | BUREAU | {"auditor", "assessor"},
    "draws.commit": frozenset({"bureau_officer", "auditor"}),
    "draws.pool": frozenset({"bureau_officer"}),
    "checks.read": OFFICE | {"auditor"},
    "checks.own": INSPECTORS,
    "checks.organization": frozenset({"provider_manager"}),
    "checks.decide": frozenset({"bureau_officer"}),
    # what the people served say (5.3, 5.4): never entered by the side that serves
    "callbacks.read": OFFICE | {"auditor"},
    "callbacks.call": frozenset({"assist_coordinator", "station_dispatcher"}),
    "ratings.codes": frozenset({"assist_coordinator", "child_director"}) | TOWNSHIP,
    "observations.read": OFFICE | {"auditor"},
    "observations.write": frozenset({"volunteer"}),
    # the household's own page (docs/decisions/0059): its cards, what it asks for, pictures of who comes
    "family.cards": STATION | TOWNSHIP,
    "family.wishes": TOWNSHIP,
    "family.photos": frozenset({"provider_manager"}),
    "family.photos_seen": OFFICE | {"provider_manager"},
    "feedback.organization": frozenset({"provider_manager"}),
    # the score of a quarter (6): who scores does not decide the appeal
    "quality.read": BUREAU | {"township_officer", "auditor", "assessor"},
    "quality.own": frozenset({"provider_manager"}),
    # the score of an agreement is its caregiver's own (6: agreement x caregiver), who may appeal like a provider
    "quality.own_care": AT_THE_DOOR,
    "quality.own_score": AT_THE_DOOR | {"provider_manager"},
    "quality.score": frozenset({"bureau_officer", "assessor"}),
    "quality.publish": frozenset({"bureau_officer"}),
    "quality.facts": frozenset({"township_officer"}),
    "quality.decide": frozenset({"bureau_officer"}),
    # the city's bureau or a third party; what follows from a band is decided by the lead, an officer, the township
    "quality.review": frozenset({"bureau_officer", "assessor"}),
    "quality.outcome": BUREAU,
    "quality.veto": frozenset({"bureau_lead"}),
    "quality.follow": frozenset({"bureau_officer"}),
    "goals.read": OFFICE | {"auditor"},
    "goals.set": frozenset({"station_dispatcher", "assist_coordinator"}),
    "goals.confirm": frozenset({"township_officer"}),
    "standards.read": BUREAU | {"township_officer", "finance_officer", "auditor", "assessor", "provider_manager"},
    "standards.edit": frozenset({"bureau_officer"}),
    "standards.publish": frozenset({"bureau_lead"}),
    # settlement (8.9): the organisation claims, an officer reviews, the lead approves, finance pays
    "settlements.read": BUREAU | {"finance_officer", "auditor"},
    "settlements.own": frozenset({"provider_manager"}),
    "settlements.review": frozenset({"bureau_officer"}),
    "settlements.approve": frozenset({"bureau_lead"}),
    "settlements.pay": frozenset({"finance_officer"}),
    "settlements.adjust": frozenset({"bureau_officer"}),
    # the township looks at a caregiver's 差 before nothing is paid; one person enters an account, another confirms it
    "settlements.subsidy": frozenset({"township_officer"}),
    "payees.keep": frozenset({"bureau_officer", "finance_officer"}),
    "bundles.read": BUREAU | {"finance_officer", "auditor", "provider_manager"},
    # the leaders' view: each figure asks for the permission of its rows besides
    "reports.read": BUREAU | {"township_officer", "auditor"},
    # ledgers: a township, a bureau or an organisation issues what it stands for; social workers those of visits
    "ledgers.read": OFFICE | {"provider_manager", "auditor"},
    "ledgers.issue": frozenset({"township_officer", "bureau_officer", "provider_manager", "social_worker"}),
    # directories of services as open data (HSDS); a bureau takes others' in; a manager gets the own organisation
    "directory.read": OFFICE | {"auditor"},
    "directory.export": OFFICE | {"auditor", "provider_manager"},
    "directory.import": BUREAU,
    # who did what on one chain (8.11)
    "separation.read": frozenset({"auditor", "bureau_lead"}),
    # how long what is kept (9.4): an officer proposes a deletion, the lead approves; the administrator sees counts
    "retention.read": BUREAU | {"auditor", "sysadmin"},
    "retention.runs": BUREAU | {"auditor"},
    "retention.propose": frozenset({"bureau_officer"}),
    "retention.approve": frozenset({"bureau_lead"}),
    "retention.withdraw": BUREAU,
    "accounts.manage": frozenset({"sysadmin"}),
    "audit.read": frozenset({"auditor"}),
    "signed_in": WORKERS | SERVERS | {"auditor", "sysadmin", "finance_officer"},
    "search": OFFICE | {"auditor"},
}

_BUSINESS: frozenset[str] = frozenset().union(*(roles for name, roles in PERMISSIONS.items() if name != "signed_in"))

BARRED_TOGETHER: tuple[tuple[frozenset[str], frozenset[str]], ...] = (
    # (grant roles, use business data): DOMAIN.md 8.11
    (frozenset({"sysadmin"}), _BUSINESS - {"sysadmin"}),
    # an auditor only reads
    (frozenset({"auditor"}), _BUSINESS - {"auditor"}),
    # (submit need, confirm need)
    (frozenset({"township_officer"}), STATION),
    # (propose match, evaluate provider), (claim, approve, pay)
    (frozenset({"provider_manager"}), TOWNSHIP | BUREAU | {"finance_officer", "assessor"}),
    # a provider's people see only the tasks of their own organisation, never all households of an area (9.2)
    (frozenset({"provider_manager"}), STATION),
    # (deliver visit, verify visit, spot-check visit)
    (frozenset({"caregiver"}), TOWNSHIP | BUREAU | {"finance_officer", "assessor", "assist_coordinator"}),
    (frozenset({"station_dispatcher"}), BUREAU | {"finance_officer"}),
    (frozenset({"bureau_officer"}), frozenset({"bureau_lead", "finance_officer"})),
    (frozenset({"bureau_lead"}), frozenset({"finance_officer"})),
    # another department's people see just their measures
    (LIAISON, OFFICE | {"provider_manager", "assessor", "grid_worker"}),
    # (assess ability, provide care): an assessor works for nobody who serves
    (frozenset({"assessor"}), TOWNSHIP | BUREAU | SERVERS),
)


def barred_pair(roles: frozenset[str]) -> tuple[str, str] | None:
    """Two of the roles that one person may not hold together, or None (DOMAIN.md 8.11)."""
    for left, right in BARRED_TOGETHER:
        first, second = sorted(roles & left), sorted(roles & right)
        for a in first:
            for b in second:
                if a != b:
                    return a, b
    return None


def allows(roles: frozenset[str], permission: str) -> bool:
    """Whether one of the roles has the permission."""
    return not roles.isdisjoint(PERMISSIONS[permission])
