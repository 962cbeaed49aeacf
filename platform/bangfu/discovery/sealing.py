"""What a report's facts become in its columns: ciphertext, and blind indexes to compare by."""

from typing import Any
from uuid import UUID

from bangfu.discovery.facts import ReportFacts
from bangfu.households.sealing import seal
from bangfu.shared.crypto import blind_index
from bangfu.shared.names import normal_name


def name_index(name: str, division: str) -> str:
    """Name and village together: the same name in another village is another person."""
    return blind_index(f"{division}:{normal_name(name)}", "name_village") if name else ""


def report_columns(report: UUID, facts: ReportFacts) -> dict[str, Any]:
    """The encrypted and the compared columns of a `report` row."""
    texts = {
        "name_enc": normal_name(facts.name),
        "phone_enc": facts.phone,
        "id_number_enc": facts.id_number,
        "address_enc": facts.address,
        "seen_enc": facts.seen,
        "reporter_name_enc": normal_name(facts.reporter_name),
        "reporter_phone_enc": facts.reporter_phone,
    }
    return {
        **{column: seal("report", column, report, text) for column, text in texts.items()},
        "name_index": name_index(facts.name, facts.division),
        "phone_index": blind_index(facts.phone, "phone"),
        "id_number_index": blind_index(facts.id_number, "id_number"),
    }
