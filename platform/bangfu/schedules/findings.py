"""A broken rule of the calendar in words: message id and parameters, no names of households."""

from collections.abc import Iterable, Mapping

from bangfu.errors import N_
from bangfu.schedules.picture import Picture
from bangfu.shared.i18n import sentence
from matching.schedule import Finding

Sentence = tuple[str, Mapping[str, object]]

_PLAIN: Mapping[str, str] = {
    "due": N_("The time lies outside of the span in which this visit is due."),
    "leave": N_("{who} is on leave on that day."),
    "holiday": N_("That day is a public holiday, and this need is not served on holidays."),
    "household_windows": N_("The household is not there at that time; agreed are: {times}."),
    "two_carers": N_("This home is visited by two people; {named} are named."),
    "fixed": N_("It is a fixed appointment; release it first."),
    "horizon": N_("The day lies outside of the days that are planned."),
    "unknown_carer": N_("{who} has no place on the map or is not active, so no way can be reckoned."),
    "household": N_("At that time somebody else is in the household (task {other})."),
}


def sentence_of(finding: Finding, seen: Picture, names: Mapping[str, str]) -> Sentence:
    """One finding; `names`: carer id -> name."""
    said = finding.params
    who = names.get(str(said.get("carer", "")), "")
    base: dict[str, object] = {"who": who}
    if finding.code == "carer_windows":
        times = spans(said["times"])
        if not times:
            return N_("{who} has no working time on that day."), base
        return N_("{who} is there on that day at {times} only."), {**base, "times": times}
    if finding.code == "household_windows":
        times = spans(said["times"])
        text = _PLAIN["household_windows"] if times else N_("No time is agreed with the household on that weekday.")
        return text, {"times": times}
    if finding.code in {"overlap", "travel"}:
        return _ways(finding, seen, base)
    if finding.code == "spacing":
        return N_("Another visit of this task is {days} days apart; it has to be {least} at least."), {
            "days": said["days"], "least": said["least_days"],
        }  # fmt: skip
    if finding.code == "break":
        return N_("{who} would have no break of {pause} minutes on that day."), {**base, "pause": said["pause"]}
    if finding.code in {"daily_limit", "weekly_limit"}:
        hours = {"hours": f"{said['minutes'] / 60:.1f}", "most": f"{said['most'] / 60:.1f}"}
        if finding.code == "daily_limit":
            return N_("{who} would work {hours} hours on that day with travel; {most} are the most."), {**base, **hours}
        return N_("{who} would work {hours} hours in that week with travel; {most} are the most."), {**base, **hours}
    if finding.code == "daily_visits":
        text = N_("{who} would have {visits} visits on that day; {most} are the most.")
        return text, {**base, "visits": said["visits"], "most": said["most"]}
    if finding.code == "household":
        return _PLAIN["household"], {"other": _task_number(str(said["other"]), seen)}
    return _PLAIN.get(finding.code, N_("The time breaks a rule of the calendar.")), {**base, **said}


def _ways(finding: Finding, seen: Picture, base: dict[str, object]) -> Sentence:
    said = finding.params
    when = _times_of(str(said["other"]), finding, seen)
    if finding.code == "overlap":
        return N_("{who} is at another visit at that time ({when})."), {**base, "when": when}
    return N_("{who} needs {needed} minutes for the way between this and another visit ({when}); {free} are free."), {
        **base, "when": when, "needed": said["needed"], "free": said["free"],
    }  # fmt: skip


def _times_of(task: str, finding: Finding, seen: Picture) -> str:
    """The times of the visits of a task on the finding's day."""
    found = [(visit.start, visit.end) for visit in seen.visits if visit.task == task and visit.day == finding.day]
    return spans(found)


def _task_number(task: str, seen: Picture) -> str:
    return next((item.task["task"] for key, item in seen.item_of.items() if key[0] == task), "")


def spans(times: Iterable[tuple[int, int]]) -> str:
    """Times of the day as they are written: 08:00–12:00."""
    return "、".join(f"{clock(start)}–{clock(end)}" for start, end in sorted(times))


def clock(minute: int) -> str:
    """A minute of the day as 08:05."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def told(problems: Iterable[Sentence]) -> str:
    """All of them in the reader's language."""
    return " ".join(sentence(message, params) for message, params in problems)


class Why:
    """Several sentences as one parameter, translated where it is shown."""

    def __init__(self, problems: Iterable[Sentence]) -> None:
        self.problems = list(problems)

    def __str__(self) -> str:
        return told(self.problems)
