"""A made-up county of full size, written by SQL: 40 towns, 30,000 households, 100,000 needs, N visits of 24 months.

Everybody is made up (prefix 99). The same sizes and day give the same rows. Rows are written without triggers (which
the portal's own actions pass), then the sums of visits are filled as the migration fills them.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid5

import asyncpg

from bangfu.households.sealing import SEARCH_VERSION
from bangfu.reports.tally_queries import KEYS, STRAIGHT

COUNTY: Final = "990101"
TOWN: Final = "990101001"


@dataclass(frozen=True, slots=True)
class Size:
    """How many of what."""

    visits: int
    towns: int = 40
    villages: int = 10
    households: int = 30_000
    needs: int = 100_000
    organizations: int = 20
    workers: int = 1_500
    social_workers: int = 200
    volunteers: int = 600
    complaints: int = 4_000
    tasks: int = 30_000

    @property
    def assignments(self) -> int:
        """Seven of ten needs are served."""
        return self.needs * 7 // 10


FULL: Final = Size(2_000_000)
TENTH: Final = replace(FULL, visits=200_000)
SAMPLE: Final = Size(
    600, towns=4, villages=3, households=120, needs=300, organizations=4, workers=24, social_workers=4, volunteers=8,
    complaints=30, tasks=60,
)  # fmt: skip

USERS: Final = {
    "dispatcher": ("station_dispatcher", TOWN), "lead": ("bureau_lead", COUNTY), "officer": ("bureau_officer", COUNTY),
    "manager": ("provider_manager", ""), "volunteer": ("volunteer", TOWN), "evaluator": ("assessor", COUNTY),
    "township": ("township_officer", TOWN), "finance": ("finance_officer", COUNTY),
}  # fmt: skip
"""Who asks for pages: name -> role and scope."""


def user_id(name: str) -> UUID:
    """The id of one of USERS."""
    return uuid5(NAMESPACE_OID, f"bangfu.bench.{name}")


# k(kind, n): the id of the n-th of a kind. d(n, salt, m): a number below m, the same in every run.
_HELP: Final = (
    "CREATE FUNCTION pg_temp.k(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE"
    " AS $$ SELECT md5(kind || ':' || n)::uuid $$",
    "CREATE FUNCTION pg_temp.d(n bigint, salt int, m int) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE"
    " AS $$ SELECT ((hashint8extended(n, salt) & 2147483647) % m)::int $$",
    "CREATE FUNCTION pg_temp.town(n bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE"
    " AS $$ SELECT '990101' || lpad((1 + n % {towns})::text, 3, '0') $$",
    "CREATE FUNCTION pg_temp.village(n bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE"
    " AS $$ SELECT pg_temp.town(n) || (201 + n / {towns} % {villages}) $$",
    "CREATE FUNCTION pg_temp.service(n bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE"
    " AS $$ SELECT (ARRAY['daily_care','visit_check','meal','nursing_care','rehab','medical_help'])[1 + n % 6] $$",
)

_BASIS: Final = (
    "INSERT INTO division (code, name, level, parent, lat, lon) VALUES ('990000000000', '测试省', 1, '', NULL, NULL),"
    " ('990100000000', '测试市', 2, '990000000000', NULL, NULL),"
    " ('990101000000', '测试县', 3, '990100000000', 31.78, 119.95)",
    "INSERT INTO division (code, name, level, parent, lat, lon) SELECT rpad(pg_temp.town(n), 12, '0'),"
    " '第' || (n + 1) || '镇', 4, '990101000000', 31.6 + n % 8 * 0.05, 119.8 + n / 8 * 0.05"
    " FROM generate_series(0, {towns} - 1) n",
    "INSERT INTO division (code, name, level, parent, lat, lon) SELECT pg_temp.village(n), '第' || (n + 1) || '村', 5,"
    " rpad(pg_temp.town(n), 12, '0'), 31.6 + n % {towns} % 8 * 0.05 + n / {towns} * 0.003,"
    " 119.8 + n % {towns} / 8 * 0.05 + n / {towns} * 0.003 FROM generate_series(0, {towns} * {villages} - 1) n",
    "INSERT INTO organization (id, uscc, name, org_type, division, service_area, minutes_per_4_weeks)"
    " SELECT pg_temp.k('organization', n), '5299' || lpad(n::text, 14, '0'), '第' || (n + 1) || '服务中心',"
    " 'service_agency', '990101000000', ARRAY['990101'], 400000 FROM generate_series(0, {organizations} - 1) n",
    "INSERT INTO contract (id, number, project, division, supplier, status, imported, total, starts_on, ends_on)"
    " SELECT pg_temp.k('contract', n), 'C-' || n, 'P-' || n, '990101000000',"
    " pg_temp.k('organization', n % {organizations}), CASE WHEN n < {organizations} THEN 'closed' ELSE 'active' END,"
    " true, 2000000, $1::date - CASE WHEN n < {organizations} THEN 750 ELSE 350 END,"
    " $1::date + CASE WHEN n < {organizations} THEN -351 ELSE 60 END"
    " FROM generate_series(0, 2 * {organizations} - 1) n",
    "INSERT INTO contract_line (id, contract, contract_number, organization, service, unit_price, max_units,"
    " max_amount, starts_on, ends_on, status)"
    " SELECT pg_temp.k('line', n), c.id, c.number, c.supplier, pg_temp.service(n % 6), 20 + n % 6 * 15, 200000,"
    " 20000000, c.starts_on, c.ends_on, CASE c.status WHEN 'active' THEN 'active' ELSE 'ended' END"
    " FROM generate_series(0, 12 * {organizations} - 1) n JOIN contract c ON c.id = pg_temp.k('contract', n / 6)",
    # Worker n serves organisation n % organizations in its towns; carers are numbered through all kinds.
    "INSERT INTO carer (id, number, kind, organization, division, name, sex, lat, lon)"
    " SELECT pg_temp.k('carer', n), 'E' || n, CASE WHEN n < {workers} THEN 'worker'"
    " WHEN n < {workers} + {social_workers} THEN 'social_worker' ELSE 'volunteer' END,"
    " CASE WHEN n < {workers} THEN pg_temp.k('organization', n % {organizations}) END,"
    " rpad(pg_temp.town(n), 12, '0'), '员' || n, CASE n % 4 WHEN 0 THEN 'm' ELSE 'f' END,"
    " 31.6 + pg_temp.d(n, 1, 400) * 0.001, 119.8 + pg_temp.d(n, 2, 250) * 0.001"
    " FROM generate_series(0, {workers} + {social_workers} + {volunteers} - 1) n",
    "INSERT INTO qualification (carer, code, expires_on) SELECT pg_temp.k('carer', n), c, $1::date + 20 + n::int % 400"
    " FROM generate_series(0, {workers} + {social_workers} + {volunteers} - 1) n, unnest(ARRAY['H', 'T', 'C5']) c",
    "INSERT INTO household (id, number, division, category, category_since, head_name, head_pinyin, lat, lon,"
    " location_source, search_version, next_review_on, created_at)"
    " SELECT pg_temp.k('household', n), 'H' || lpad(n::text, 6, '0'), pg_temp.village(n),"
    " (ARRAY['dibao','tekun','dibao_edge','rigid_expense'])[1 + pg_temp.d(n, 3, 4)], $1::date - 900,"
    " substr('王李张刘陈杨赵黄周吴', 1 + n::int % 10, 1) || '试' || n, 'ceshi', 31.6 + pg_temp.d(n, 4, 400) * 0.001,"
    " 119.8 + pg_temp.d(n, 5, 250) * 0.001, 'import', {search}, $1::date + pg_temp.d(n, 6, 360) - 10,"
    " $1::date - 800 + pg_temp.d(n, 7, 700) FROM generate_series(0, {households} - 1) n",
    "INSERT INTO household_category (household, category, starts_on)"
    " SELECT id, category, category_since FROM household",
    "INSERT INTO person (id, household, is_head, relation, name, pinyin, initials, division, sex, birth_date,"
    " search_version) SELECT pg_temp.k('person', n), h.id, n < {households}, CASE WHEN n < {households} THEN 'self'"
    " ELSE 'child' END, h.head_name, 'ceshi', 'cs', h.division, CASE n % 2 WHEN 0 THEN 'f' ELSE 'm' END,"
    " date '1935-01-01' + pg_temp.d(n, 8, 20000), {search} FROM generate_series(0, {households} * 3 / 2 - 1) n"
    " JOIN household h ON h.id = pg_temp.k('household', n % {households})",
    "INSERT INTO consent (id, household, ground, purposes, given_on) SELECT pg_temp.k('consent', n),"
    " pg_temp.k('household', n), 'consent', ARRAY['archive', 'service', 'share_provider'], $1::date - 800"
    " FROM generate_series(0, {households} - 1) n",
)
_SERVED: Final = (
    "INSERT INTO need (id, number, household, division, service, status, priority, visits, minutes, kinds, consent,"
    " submitted_at, confirmed_at, due_at, created_at, updated_at)"
    " SELECT pg_temp.k('need', n), 'N' || lpad(n::text, 7, '0'), pg_temp.k('household', n % {households}),"
    " pg_temp.village(n % {households}), pg_temp.service(n % 6), CASE WHEN n < {assignments} THEN 'in_service'"
    " WHEN n % 10 < 4 THEN 'closed' WHEN n % 10 < 7 THEN 'confirmed' WHEN n % 10 < 8 THEN 'submitted'"
    " WHEN n % 10 < 9 THEN 'suspended' ELSE 'cancelled' END,"
    " (ARRAY['urgent','key','edge','general'])[1 + pg_temp.d(n, 9, 4)], 4, 60, ARRAY['worker','volunteer'],"
    " pg_temp.k('consent', n % {households}), day, day + interval '2 days', day + interval '20 days', day, day"
    " FROM (SELECT n, $1::date - pg_temp.d(n, 10, 720) + interval '9 hours' AS day"
    " FROM generate_series(0, {needs} - 1) n) t",
    # Eight of ten tasks are workers'. Household h lives in town h % towns, served by three organisations.
    "INSERT INTO assignment (id, number, need, household, division, service, carer_kind, matched_carer, carer,"
    " organization, contract_line, status, visits, minutes, unit_price, offered_at, deadline, answered_at, starts_on)"
    " SELECT pg_temp.k('assignment', n), 'A' || lpad(n::text, 7, '0'), pg_temp.k('need', n),"
    " pg_temp.k('household', h), pg_temp.village(h), pg_temp.service(n % 6), CASE WHEN worker THEN 'worker'"
    " WHEN n % 10 = 8 THEN 'social_worker' ELSE 'volunteer' END, carer, carer,"
    " CASE WHEN worker THEN pg_temp.k('organization', o) END,"
    " CASE WHEN worker THEN pg_temp.k('line', 6 * ({organizations} + o) + n % 6) END, 'active', 4, 60,"
    " CASE WHEN worker THEN 20 + n % 6 * 15 ELSE 0 END, $1::date - 730, $1::date - 728, $1::date - 729,"
    " $1::date - 728 FROM (SELECT n, n % {households} AS h, n % 10 < 8 AS worker, o, pg_temp.k('carer', CASE"
    " WHEN n % 10 < 8 THEN o + {organizations} * pg_temp.d(n, 11, {workers} / {organizations})"
    " WHEN n % 10 = 8 THEN {workers} + pg_temp.d(n, 12, {social_workers})"
    " ELSE {workers} + {social_workers} + pg_temp.d(n, 13, {volunteers}) END) AS carer"
    " FROM (SELECT n, (n % {households} % {towns} * 3 + pg_temp.d(n, 14, 3)) % {organizations} AS o"
    " FROM generate_series(0, {assignments} - 1) n) q) t",
)
# From 700 days ago to 28 days ahead, each visit of another task in turn. What is older than the last closed quarter
# is settled; of the last three days much waits to be checked.
_VISITS: Final = (
    "INSERT INTO visit (id, number, assignment, need, household, division, service, carer, carer_kind, organization,"
    " contract_line, unit_price, minutes, status, evidence, approval, payable, source, planned_start, planned_end,"
    " window_start, window_end, due_from, due_until, started_at, ended_at, in_method, out_method, distance_m,"
    " place_verdict, submitted_at, decided_at, booked, created_at, updated_at)"
    " SELECT pg_temp.k('visit', n), 'V' || lpad(n::text, 9, '0'), a.id, a.need, a.household, a.division, a.service,"
    " a.carer, a.carer_kind, a.organization, CASE WHEN ago > 350 AND a.contract_line IS NOT NULL THEN"
    " old.id ELSE a.contract_line END, a.unit_price, a.minutes, z.status, CASE WHEN NOT done THEN ''"
    " WHEN e < 85 THEN 'on_spot' WHEN e < 92 THEN 'call' WHEN e < 96 THEN 'attested' ELSE 'afterwards' END,"
    " CASE WHEN NOT done OR e < 96 THEN '' WHEN z.status = 'submitted' THEN 'waiting' ELSE 'approved' END,"
    " z.status NOT IN ('rejected', 'missed', 'cancelled'), 'plan', start, start + interval '60 minutes',"
    " start - interval '30 minutes', start + interval '90 minutes', start - interval '3 days',"
    " start + interval '4 days', CASE WHEN done THEN start + pg_temp.d(n, 15, 12) * interval '1 minute' END,"
    " CASE WHEN done THEN start + interval '60 minutes' + pg_temp.d(n, 16, 20) * interval '1 minute' END,"
    " CASE WHEN done THEN 'gps' ELSE '' END, CASE WHEN done THEN 'gps' ELSE '' END,"
    " CASE WHEN done THEN pg_temp.d(n, 17, 250) END, CASE WHEN done THEN 'near' ELSE '' END,"
    " CASE WHEN done THEN start + interval '2 hours' END,"
    " CASE WHEN z.status IN ('settled', 'verified', 'rejected') THEN start + interval '2 days' END,"
    " CASE WHEN NOT done OR a.contract_line IS NULL THEN '' WHEN z.status IN ('settled', 'verified') THEN 'verified'"
    " ELSE 'delivered' END, start - interval '20 days', start"
    " FROM (SELECT *, status IN ('settled', 'verified', 'submitted', 'flagged', 'rejected', 'disputed') AS done,"
    " pg_temp.d(n, 18, 100) AS e FROM (SELECT *, CASE WHEN ago <= 0 THEN CASE WHEN s < 970 THEN 'planned'"
    " ELSE 'cancelled' END WHEN s >= 980 THEN 'cancelled' WHEN s >= 950 THEN 'missed' WHEN s >= 940 THEN 'excused'"
    " WHEN s >= 930 THEN 'rejected' WHEN ago <= 3 THEN CASE WHEN s % 10 < 7 THEN 'submitted'"
    " WHEN s % 10 < 9 THEN 'verified' ELSE 'flagged' END WHEN s >= 928 AND ago < 60 THEN 'flagged'"
    " WHEN s >= 926 AND ago < 60 THEN 'disputed'"
    " WHEN ago > 120 THEN 'settled' ELSE 'verified' END AS status"
    " FROM (SELECT n, ago, pg_temp.d(n, 19, 1000) AS s, ($1::date - ago)::timestamp AT TIME ZONE 'Asia/Shanghai'"
    " + interval '8 hours' + pg_temp.d(n, 20, 40) * interval '15 minutes' AS start"
    " FROM (SELECT n, 700 - pg_temp.d(n, 21, 728) AS ago FROM generate_series($2::bigint, $3::bigint) n) w) x) y) z"
    " JOIN assignment a ON a.id = pg_temp.k('assignment', n % {assignments})"
    " LEFT JOIN contract_line now ON now.id = a.contract_line LEFT JOIN contract_line old"
    " ON old.organization = now.organization AND old.service = now.service AND old.status = 'ended'"
)
_BESIDE: Final = (
    "INSERT INTO visit_proof (visit, side, method, at, verdict, distance_m, device) SELECT id, 'in', in_method,"
    " started_at, 'near', distance_m, md5(carer::text) FROM visit WHERE started_at IS NOT NULL",
    "INSERT INTO visit_record (visit, confirmation, device_at) SELECT id, 'signature', ended_at FROM visit"
    " WHERE submitted_at > $1::date - 100 AND started_at IS NOT NULL",
    "INSERT INTO visit_flag (visit, flag, raised_at, status) SELECT v.id, f.flag, v.submitted_at, CASE v.status"
    " WHEN 'flagged' THEN 'open' ELSE 'cleared' END FROM visit v, LATERAL (SELECT (ARRAY['short','geo_far',"
    "'overlap','late_record'])[1 + abs(hashtext(v.number)) % 4] AS flag) f"
    " WHERE v.status IN ('flagged', 'disputed') OR (v.submitted_at IS NOT NULL AND abs(hashtext(v.number)) % 100 < 4)",
    "INSERT INTO contract_movement (line, kind, units, amount, subject, division, at) SELECT contract_line, 'reserved',"
    " 400, 400 * unit_price, id, division, offered_at FROM assignment WHERE contract_line IS NOT NULL",
    "INSERT INTO contract_movement (line, kind, units, amount, subject, division, reservation, at)"
    " SELECT contract_line, k, 1, unit_price, id, division, assignment, submitted_at FROM visit,"
    " unnest(ARRAY['delivered', 'verified']) k WHERE contract_line IS NOT NULL AND submitted_at IS NOT NULL"
    " AND (k = 'delivered' OR status IN ('verified', 'settled'))",
    "INSERT INTO complaint (id, number, division, status, kind, severity, organization, household, entered_at,"
    " accepted_at, accept_due, close_due, result, decided_at, first_decided_at, closed_at)"
    " SELECT pg_temp.k('complaint', n), 'Z' || lpad(n::text, 6, '0'), pg_temp.village(n), status,"
    " (ARRAY['no_show','attitude','quality','pay'])[1 + n % 4], (ARRAY['minor','minor','major'])[1 + n % 3],"
    " pg_temp.k('organization', n % {organizations}), pg_temp.k('household', n % {households}), at, at, at"
    " + interval '5 days', at + interval '15 days', CASE status WHEN 'closed' THEN 'partly' ELSE '' END,"
    " CASE status WHEN 'closed' THEN at + interval '9 days' END, CASE status WHEN 'closed' THEN at + interval '9 days'"
    " END, CASE status WHEN 'closed' THEN at + interval '12 days' END FROM (SELECT n, CASE WHEN n % 12 = 0 THEN"
    " 'received' WHEN n % 12 < 3 THEN 'investigating' ELSE 'closed' END AS status, $1::date - pg_temp.d(n, 22, 700)"
    " + interval '3 hours' AS at FROM generate_series(0, {complaints} - 1) n) t",
    "INSERT INTO supervision_task (id, number, kind, subject_type, subject, division, unit, role, status, due_at,"
    " clock_from, next_at, issued_at, closed_at, settled_event)"
    " SELECT pg_temp.k('task', n), 'D' || lpad(n::text, 7, '0'), (ARRAY['rectification','complaint','warning','other']"
    ")[1 + n % 4], 'hand', pg_temp.k('task', n), pg_temp.village(n), (ARRAY['township','station','bureau'])[1 + n % 3],"
    " (ARRAY['township_officer','station_dispatcher','bureau_officer'])[1 + n % 3], CASE WHEN ended THEN 'cancelled'"
    " ELSE 'issued' END, at + interval '10 days', at, CASE WHEN NOT ended THEN at + interval '10 days' END, at,"
    " CASE WHEN ended THEN at + interval '6 days' END, CASE WHEN ended THEN 'done' ELSE '' END"
    " FROM (SELECT n, n % 10 > 0 AS ended, $1::date - CASE WHEN n % 10 > 0 THEN 20 + pg_temp.d(n, 23, 700)"
    " ELSE pg_temp.d(n, 24, 15) END + interval '4 hours' AS at FROM generate_series(0, {tasks} - 1) n) t",
    "INSERT INTO quarter_score (id, kind, subject, number, organization, division, year, quarter, status, frozen_at,"
    " published_at, final_at) SELECT pg_temp.k('score', 100 * row_number() OVER (ORDER BY c.number) + q), 'contract',"
    " c.id, c.number, c.supplier, c.division, extract(year FROM day)::int, extract(quarter FROM day)::int,"
    " 'final', day + 100, day + 110, day + 125 FROM contract c, generate_series(0, 7) q,"
    " LATERAL (SELECT date_trunc('quarter', $1::date - 95 - 91 * q)::date AS day) t"
    " WHERE day BETWEEN c.starts_on - 60 AND c.ends_on",
    "INSERT INTO score_revision (score, revision, standard, facts, facts_hash, score_value, band, final_band)"
    " SELECT s.id, 1, (SELECT id FROM scoring_standard LIMIT 1), '{{}}', encode(sha256('{{}}'), 'hex'),"
    " 70 + abs(hashtext(s.id::text)) % 28, 'good', 'good' FROM quarter_score s",
    "INSERT INTO settlement_statement (id, number, score, kind, subject, organization, division, year, quarter, total,"
    " stage) SELECT md5('statement' || s.id)::uuid, 'S' || s.number || s.year || s.quarter, s.id, 'contract',"
    " s.subject, s.organization, s.division, s.year, s.quarter, 50000, 'final' FROM quarter_score s",
    "INSERT INTO message (\"user\", kind, href, event, created_at) SELECT u.id, 'duties_violated', '/', 'bench:' || n,"
    " $1::date - n % 700 FROM app_user u, generate_series(1, 400) n",
)


async def make(dsn: str, size: Size, today: date) -> None:
    """Fill a migrated database that has the catalogue but no people; indexes are built anew behind the visits."""
    connection = await _connect(dsn, size)
    fields = _fields(size)
    try:
        for statement in _BASIS:
            await _run(connection, statement.format(**fields), today)
        await _users(connection)
        for statement in _SERVED:
            await _run(connection, statement.format(**fields), today)
        await connection.execute("UPDATE assignment SET due_key = due_key_of(need, service)")
        await connection.execute("VACUUM ANALYZE assignment")
        await connection.execute("ANALYZE contract_line")
        indexes = await _drop_indexes(connection) if size.visits >= 50_000 else []
        for first in range(0, size.visits, 250_000):
            last = min(first + 250_000, size.visits) - 1
            await connection.execute(_VISITS.format(**fields), today, first, last)
        for statement in _BESIDE:
            await _run(connection, statement.format(**fields), today)
        for definition in indexes:
            await connection.execute(definition)
        await _fill_tally(connection)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


async def add_visits(dsn: str, size: Size, today: date, visits: int) -> None:
    """So many visits more in the same county, with the triggers of the sums."""
    connection = await _connect(dsn, size)
    try:
        await connection.execute("SET session_replication_role = origin; ALTER TABLE visit DISABLE TRIGGER USER")
        for event in ("insert", "update", "delete"):
            await connection.execute(f"ALTER TABLE visit ENABLE TRIGGER tally_visits_{event}")
        await connection.execute(_VISITS.format(**_fields(size)), today, size.visits, size.visits + visits - 1)
        await connection.execute("ALTER TABLE visit ENABLE TRIGGER USER")
    finally:
        await connection.close()


def _fields(size: Size) -> dict[str, int]:
    return {name: getattr(size, name) for name in (*Size.__slots__, "assignments")} | {"search": SEARCH_VERSION}


async def _connect(dsn: str, size: Size) -> asyncpg.Connection:
    connection = await asyncpg.connect(dsn)
    await connection.execute("SET session_replication_role = replica; SET work_mem = '128MB'")
    await connection.execute("SET maintenance_work_mem = '512MB'; SET synchronous_commit = off")
    for statement in _HELP:
        await connection.execute(statement.format(**_fields(size)))
    return connection


async def _run(connection: asyncpg.Connection, statement: str, today: date) -> None:
    await connection.execute(statement, *([today] if "$1" in statement else []))


async def _users(connection: asyncpg.Connection) -> None:
    for name, (role, scope) in USERS.items():
        organization = "pg_temp.k('organization', 0)" if name == "manager" else "NULL"
        carer = "(SELECT id FROM carer WHERE kind = 'volunteer' ORDER BY number LIMIT 1)"
        await connection.execute(
            "INSERT INTO app_user (id, username, display_name, password_hash, roles, scope, organization, carer)"
            f" SELECT $1, $2::varchar, $2::varchar, '', ARRAY[$3::varchar], $4, {organization},"
            f" {carer if name == 'volunteer' else 'NULL'}",
            user_id(name), name, role, scope,
        )  # fmt: skip


_HEAVY: Final = ("visit", "visit_proof", "contract_movement")


async def _drop_indexes(connection: asyncpg.Connection) -> list[str]:
    """Take the plain indexes of the large tables away; returns how they are made again."""
    rows = await connection.fetch(
        "SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS made FROM pg_index i"
        " WHERE i.indrelid = ANY($1::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint c"
        " WHERE c.conindid = i.indexrelid) ORDER BY 1",
        list(_HEAVY),
    )
    for row in rows:
        await connection.execute(f"DROP INDEX {row['name']}")
    return [row["made"] for row in rows]


async def _fill_tally(connection: asyncpg.Connection) -> None:
    columns = ", ".join(KEYS)
    await connection.execute(
        f"INSERT INTO visit_tally ({columns}, visits, minutes) SELECT {columns}, sum(visits), sum(minutes)"
        f" FROM {STRAIGHT} v GROUP BY {columns}"
    )
    await connection.execute(
        "INSERT INTO contract_movement_sum (line, kind, units, amount) SELECT line, kind, sum(units), sum(amount)"
        " FROM contract_movement GROUP BY line, kind"
    )
