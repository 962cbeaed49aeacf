"""Answers about a plan in the reader's language: easings, effects on the whole plan, limits without room."""

from collections.abc import Iterable
from typing import Any

from bangfu.errors import N_
from bangfu.planning.faults import hours, yuan
from bangfu.planning.whys import Effect
from bangfu.planning.wording import Names
from bangfu.shared.i18n import Say, word
from bangfu.shared.masking_filters import clock_minutes
from matching.why import Binding, Choice, Easing, Step, WhyCarer


def _said(message: str, /, **params: object) -> str:
    return str(Say(message, **params))


def easing_text(easing: Easing, names: Names) -> str:
    """All changes of an easing, one after the other."""
    return _said(N_("; ")).join(step_text(step, names) for step in easing.steps)


def step_text(step: Step, names: Names) -> str:
    """One change with its size ("员甲 travels up to 6.2 km instead of 5")."""
    name, organisation = names.get(str(step.carer), "—"), names.get(str(step.organisation), "—")
    if step.code == "distance":
        text = N_("{name} travels up to {to} km instead of {has}")
        return _said(text, name=name, to=f"{step.to or 0:g}", has=f"{step.has or 0:g}")
    if step.code == "capacity":
        return _said(N_("{name} works {n} more hours in 4 weeks"), name=name, n=f"{step.more / 60:g}")
    if step.code == "households":
        return _said(N_("{name} takes {n} more households"), name=name, n=f"{step.more:g}")
    if step.code == "organisation":
        text = N_("{organisation} works {n} more hours in 4 weeks")
        return _said(text, organisation=organisation, n=f"{step.more / 60:g}")
    if step.code in {"line_visits", "line_fen", "limit_visits", "limit_fen"}:
        return _more_money(step, organisation)
    return _unsized(step, name, organisation)


def _more_money(step: Step, organisation: str) -> str:
    n = yuan(step.more) if step.code.endswith("fen") else f"{step.more:g}"
    text = {
        "line_visits": N_("{n} more visits in 4 weeks for {service} in the contract of {organisation}"),
        "line_fen": N_("{n} yuan more in 4 weeks for {service} in the contract of {organisation}"),
        "limit_visits": N_("{n} more visits in 4 weeks in the township's quota"),
        "limit_fen": N_("{n} yuan more in 4 weeks under the cap of the special fund"),
    }[step.code]
    if step.code.startswith("limit"):
        return _said(text, n=n)
    return _said(text, n=n, service=word("service", step.service), organisation=organisation)


def _unsized(step: Step, name: str, organisation: str) -> str:
    if step.code == "need_weekday":
        return _said(N_("the household is also at home on {days}"), days=_days(step))
    if step.code == "carer_weekday":
        return _said(N_("{name} also has time on {days}"), name=name, days=_days(step))
    if step.code == "qualification":
        codes = _said(N_(", ")).join(word("qualification", code) for code in step.codes)
        return _said(N_("{name} gets the qualification {codes}"), name=name, codes=codes)
    if step.code == "gender":
        return _said(N_("the household accepts a carer of the other sex"))
    text = N_("{organisation} gets a contract line for {service}: {n} visits in 4 weeks at {price} yuan")
    return _said(
        text, organisation=organisation, service=word("service", step.service), n=f"{step.to or 0:g}",
        price=yuan(step.price or 0),
    )  # fmt: skip


def _days(step: Step) -> str:
    listed = (f"{word('weekday', day)} {clock_minutes(start)}–{clock_minutes(end)}" for day, start, end in step.windows)
    return _said(N_(", ")).join(listed)


def effect_phrases(effect: Effect) -> list[str]:
    """What changes in the whole plan, in its own units; nothing for what stays as it is."""
    phrases = []
    if effect.served:
        phrases.append(_said(N_("needs served {n}"), n=f"{effect.served:+}"))
    if effect.visits:
        phrases.append(_said(N_("visits in 4 weeks {n}"), n=f"{effect.visits:+}"))
    if abs(effect.km) >= 0.05:
        phrases.append(_said(N_("straight km {n}"), n=f"{effect.km:+.1f}"))
    if effect.fen:
        phrases.append(_said(N_("yuan in 4 weeks {n}"), n=f"{effect.fen / 100:+,.2f}"))
    return phrases


def plan_text(choice: Choice) -> str:
    """The difference to the whole plan as a sentence."""
    if choice.plan_difference is None:
        return _said(N_("Not possible in any plan: this pair alone breaks a limit."))
    if choice.plan_difference < 0:
        return _said(N_("The whole plan would be better by {n} cost points."), n=f"{-choice.plan_difference:,}")
    if choice.plan_difference == 0:
        return _said(N_("The whole plan would cost the same."))
    return _said(N_("The whole plan would cost {n} points more."), n=f"{choice.plan_difference:,}")


def limit_text(limit: Binding) -> str:
    """A limit without room: what is left of it and what this need takes."""
    left, needed = max(0, limit.left), limit.needed
    if limit.code in {"capacity", "organisation"}:
        values = {"left": hours(left), "needed": hours(needed)}
        text = N_("{what}: {left} hours left in 4 weeks, {needed} needed")
    elif limit.code.endswith("fen"):
        values = {"left": yuan(left), "needed": yuan(needed)}
        text = N_("{what}: {left} yuan left in 4 weeks, {needed} needed")
    elif limit.code == "households":
        values = {"left": str(left), "needed": str(needed)}
        text = N_("{what}: {left} places left, {needed} needed")
    else:
        values = {"left": str(left), "needed": str(needed)}
        text = N_("{what}: {left} visits left in 4 weeks, {needed} needed")
    return _said(text, what=word("rule", limit.code), **values)


def limit_texts(limits: Iterable[Binding]) -> list[str]:
    """Several limits."""
    return [limit_text(limit) for limit in limits]


def binds_text(why: WhyCarer, names: Names) -> str:
    """Why no cheaper carer has the need."""
    name = names.get(str(why.kept_from), "—")
    if why.binds in {"only", "cheapest"}:
        return word("why_binds", why.binds)
    if why.binds == "balance":
        return _said(N_("{name} would cost less here, but serves others better in the whole plan."), name=name)
    if why.binds == "improvable":
        return _said(N_("{name} would cost less here, and the whole plan would be better or the same."), name=name)
    limit = "" if why.limit is None else limit_text(why.limit)
    return _said(N_("{name} would cost less, but this limit has no room. {limit}"), name=name, limit=limit)


def names_in(steps: Iterable[Any]) -> set[str]:
    """The ids of carers and organisations that steps or limits name."""
    found = {str(value) for step in steps for value in (step.carer, step.organisation)}
    return found - {"None"}
