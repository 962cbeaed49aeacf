"""A broken hard rule as a sentence: message id and parameters, put into the reader's language where it is shown."""

from collections.abc import Iterable, Mapping

from bangfu.errors import N_
from bangfu.providers.carer_rules import told_reason
from bangfu.shared.i18n import Word, sentence
from matching import Fault

Sentence = tuple[str, Mapping[str, object]]


class Because:
    """Several sentences as one lazily translated parameter."""

    def __init__(self, sentences: Iterable[Sentence]) -> None:
        self.sentences = list(sentences)

    def __str__(self) -> str:
        return " ".join(sentence(message, params) for message, params in self.sentences)


class Listed:
    """Codes of a group as words, joined in the reader's language."""

    def __init__(self, group: str, codes: Iterable[str]) -> None:
        self.words = [Word(group, code) for code in codes]

    def __str__(self) -> str:
        return sentence(N_(", "), {}).join(str(word) for word in self.words)


def hours(minutes: float) -> str:
    """Minutes as hours with one decimal."""
    return f"{minutes / 60:.1f}"


def yuan(fen: float) -> str:
    """Fen as yuan."""
    return f"{fen / 100:,.2f}"


def fault_sentence(fault: Fault) -> Sentence:
    """One broken rule in words (rules 1-5 of a pair, 7-10 and shared limits of the plan)."""
    detail = fault.actual if isinstance(fault.actual, Mapping) else {}
    if fault.code == "kind":
        return _kind(detail)
    if fault.code == "qualification":
        return _qualification(detail)
    if fault.code == "exclusion":
        return _exclusion(detail)
    if fault.code == "distance":
        far = {"km": f"{detail['km']:.1f}", "most": f"{detail['max_km']:.1f}"}
        return N_("The straight way is {km} km; this carer goes {most} km at most."), far
    if fault.code == "time":
        days = {"days": len(detail["days"]), "needed": detail["needed_days"]}
        return N_("Both have time on {days} weekdays; the visits need {needed}."), days
    if fault.code == "experience":
        return N_("A newcomer serves only beside an experienced carer."), {}
    if fault.code == "two_carers":
        return N_("The need asks for two different carers."), {}
    return _limit(fault)


def standing_sentence(reason: str) -> Sentence:
    """Why somebody may not serve at all on a day (snapshot.Snapshot.barred)."""
    theirs, _, code = reason.rpartition(":")
    if theirs:
        return N_("The carer's organisation may be given no services now: {why}."), {
            "why": Word("organization_barred", code)
        }
    return N_("This carer may be given no services now: {why}."), {"why": Word("barred_reason", told_reason(code))}


def _kind(detail: Mapping[str, object]) -> Sentence:
    if detail["kind"] in detail["kinds"]:  # type: ignore[operator]
        return N_("The organisation has no open contract line for this service."), {}
    return N_("This need is not for a carer of this kind ({kind})."), {"kind": Word("carer_kind", detail["kind"])}


def _qualification(detail: Mapping[str, object]) -> Sentence:
    groups: list[list[str]] = detail["missing"]  # type: ignore[assignment]
    expired: Mapping[str, object] = detail["expired"]  # type: ignore[assignment]
    lacking = Listed("qualification", (group[0] for group in groups))
    if expired:
        return N_("Qualification expired: {codes}."), {"codes": Listed("qualification", expired)}
    return N_("Qualification missing: {codes}."), {"codes": lacking}


def _exclusion(detail: Mapping[str, object]) -> Sentence:
    if detail["excluded"]:
        return N_("This carer is excluded: refused by the household, out of area, assessed the person, or barred."), {}
    return N_("The need asks for a carer of the sex: {sex}."), {"sex": Word("sex", detail["gender_required"])}


def _limit(fault: Fault) -> Sentence:
    said, actual = float(fault.said or 0), float(fault.actual or 0)
    if fault.code == "capacity":
        texts = {"needs": hours(actual), "has": hours(said)}
        return N_("The carer's time is not enough: {needs} hours in 4 weeks, {has} are free."), texts
    if fault.code == "households":
        return N_("The carer may visit {has} more households; this would be {needs}."), _whole(said, actual)
    if fault.code == "organisation":
        texts = {"needs": hours(actual), "has": hours(said)}
        return N_("The organisation's time is not enough: {needs} hours in 4 weeks, {has} are free."), texts
    if fault.code == "organisation_share":
        texts = {"needs": hours(actual), "has": hours(said)}
        return N_("The organisation would give {needs} hours in 4 weeks; its share of the area is {has}."), texts
    if fault.code == "line_visits":
        return N_("The contract line has {has} visits left for 4 weeks; {needs} are needed."), _whole(said, actual)
    if fault.code == "limit_visits":
        text = N_("The township's quota of the contract line has {has} visits left for 4 weeks; {needs} are needed.")
        return text, _whole(said, actual)
    texts = {"needs": yuan(actual), "has": yuan(said)}
    if fault.code == "limit_fen":
        text = N_("The cap of the special assistance fund has {has} yuan left for 4 weeks; {needs} are needed.")
        return text, texts
    return N_("The contract line has {has} yuan left for 4 weeks; {needs} are needed."), texts


def _whole(said: float, actual: float) -> dict[str, object]:
    return {"has": f"{said:.0f}", "needs": f"{actual:.0f}"}
