"""Bundles of real statements: equal as they stand, the same bytes again, and what is changed by hand is named."""

from pathlib import Path

import pytest

from bangfu.errors import NotYours
from bangfu.settlement import bundle_files, verify
from bangfu.settlement.bundle_making import report_of, take_bundle
from bangfu.settlement.bundle_reading import bundle_in, own_statement_for, statement_for
from bangfu.settlement.tables import Statement
from bangfu.shared.database import DB
from tests.quality import life_steps
from tests.settlement.bundle_made_up import check
from tests.settlement.bundle_steps import statement
from tests.support import World


async def files(world: World, key: object) -> dict[str, bytes]:
    return bundle_files.files_of(await bundle_in(await statement_for(world["bureau"], key)))  # type: ignore[arg-type]


async def test_a_fresh_python_finds_a_real_statement_equal(world: World, tmp_path: Path) -> None:
    key = await statement(world)
    code, said = check(tmp_path, await files(world, key))
    assert (code, said.splitlines()[0]) == (0, "equal"), said
    row = await Statement.objects().get(Statement.id == key)
    assert row is not None
    assert f"total: {row.total}" in said
    assert row.total > 0
    assert row.held > 0


async def test_taking_a_bundle_twice_gives_the_same_bytes(world: World) -> None:
    row = await statement_for(world["bureau"], await statement(world))
    first = await take_bundle(world["bureau"], row, life_steps.AT)
    assert await take_bundle(world["finance"], row, life_steps.AT) == first


@pytest.mark.parametrize("band", ["excellent", "fair", "poor"])
async def test_a_final_statement_of_every_band_is_equal(world: World, band: str) -> None:
    key = await statement(world, band, final=True)
    assert verify.verify(await files(world, key))["contract"]


async def test_only_who_oversees_it_and_its_own_provider_get_it(world: World) -> None:
    key = await statement(world)
    assert (await own_statement_for(world["manager"], key))["id"] == key
    for name in ("other_manager", "outside_officer"):
        with pytest.raises(NotYours):
            await own_statement_for(world[name], key)
        with pytest.raises(NotYours):
            await statement_for(world["outside_officer"], key)


_LATER = 'replace(facts, \'"status":"verified"\', \'"status":"disputed"\')'
_RULE = 'replace(facts, \'"major_cap":"fair"\', \'"major_cap":"good"\')'
_STARS = (
    'replace(facts, \'"ratings":[]\', \'"ratings":[\' || chr(123) || \'"recipient":"R1","stars_count":1,\''
    " || '\"stars_sum\":5' || chr(125) || ']')"
)
"""One voice of five stars; the braces of the text would be read as places for values."""


def _frozen(text: str) -> str:
    """The frozen facts written anew, with the hash that fits them."""
    hashed = f"encode(sha256(convert_to({text}, 'UTF8')), 'hex')"
    return f"UPDATE score_revision SET facts = {text}, facts_hash = {hashed}"


TAMPERED = {
    "a visit, its hash with it": (
        f"UPDATE score_revision SET facts = {_LATER}, facts_hash = encode(sha256(convert_to({_LATER}, 'UTF8')), 'hex')",
        "score_revision", {"score.json"},
    ),
    "a rule, its hash with it": (_frozen(_RULE), "score_revision", {"chain.json"}),
    "a rating, its hash with it": (_frozen(_STARS), "score_revision", {"score.json"}),
    "an amount": (
        "UPDATE settlement_line SET amount = amount + 1 WHERE place = 1", "settlement_line", {"statement.csv"},
    ),
    "a score": ("UPDATE score_revision SET score_value = 99.9", "score_revision", {"score.json"}),
    "a claim": ("UPDATE settlement_claim SET amount = amount + 1", "settlement_claim", {"claims.csv"}),
    "a total": ("UPDATE settlement_statement SET total = total + 1", "settlement_statement", {"statement.json"}),
    "an event": (
        "UPDATE audit_event SET data = jsonb_build_object('revision', 1, 'facts_hash', '00')"
        " WHERE action = 'settlement.anchored'", "audit_event", {"chain.json"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
async def test_what_is_changed_past_the_triggers_shows_in_the_bundle_made_again(world: World, what: str) -> None:
    key = await statement(world)
    before = await files(world, key)
    sql, table, named = TAMPERED[what]
    await DB.run_ddl(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    await Statement.raw(sql)
    after = await files(world, key)
    assert after != before
    with pytest.raises(verify.Difference) as caught:
        verify.verify(after)
    assert caught.value.said[0] in named


async def test_the_same_state_keeps_its_code_and_a_later_one_gets_another(world: World) -> None:
    key = await statement(world)
    row = await statement_for(world["bureau"], key)
    first = await report_of(world["bureau"], row, life_steps.AT)
    assert (await report_of(world["finance"], row, life_steps.AT)).code == first.code
    await Statement.raw("UPDATE settlement_claim SET invoice = 'FP-1' WHERE statement = {}", key)
    assert (await report_of(world["bureau"], row, life_steps.AT)).code != first.code
