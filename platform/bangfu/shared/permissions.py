"""Who may open what: one table, read by every route's access check and by the menu (DOMAIN.md 1.5)."""

STATION = frozenset({"assist_coordinator", "child_director", "social_worker"})
TOWNSHIP = frozenset({"township_officer", "station_dispatcher"})
BUREAU = frozenset({"bureau_officer", "bureau_lead"})
SERVERS = frozenset({"provider_manager", "social_worker", "volunteer"})
OFFICE = STATION | TOWNSHIP | BUREAU

PERMISSIONS: dict[str, frozenset[str]] = {
    "households.read": OFFICE | {"auditor"},
    "households.record": STATION | {"township_officer"},
    "households.unmask": STATION | TOWNSHIP | BUREAU,
    "needs.read": OFFICE | {"auditor"},
    "needs.record": STATION,
    "needs.decide": frozenset({"township_officer"}),
    "providers.read": TOWNSHIP | BUREAU | {"auditor"},
    "own_organization.read": frozenset({"provider_manager"}),
    "planning.read": frozenset({"station_dispatcher"}) | BUREAU | {"auditor"},
    "planning.run": frozenset({"station_dispatcher"}),
    "dispatch.read": TOWNSHIP | BUREAU | {"auditor"},
    "dispatch.cancel": frozenset({"station_dispatcher"}),
    "tasks.organization": frozenset({"provider_manager"}),
    "tasks.own": frozenset({"social_worker", "volunteer"}),
    "imports.use": TOWNSHIP | {"bureau_officer"},
    "divisions.read": OFFICE | {"auditor"},
    "accounts.manage": frozenset({"sysadmin"}),
    "audit.read": frozenset({"auditor"}),
    "signed_in": OFFICE | SERVERS | {"auditor", "sysadmin", "finance_officer"},
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
    (frozenset({"station_dispatcher"}), BUREAU | {"finance_officer"}),
    (frozenset({"bureau_officer"}), frozenset({"bureau_lead", "finance_officer"})),
    (frozenset({"bureau_lead"}), frozenset({"finance_officer"})),
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
