"""What the people served say of the quarter that is over: goals, call-backs, stars by card, a complaint."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from bangfu.complaints import deciding, handling, intake, own
from bangfu.complaints.deciding import Reply
from bangfu.complaints.handling import Set
from bangfu.complaints.intake import Told
from bangfu.complaints.routing import About
from bangfu.feedback import calling, coding, rating, rounds
from bangfu.feedback.calling import Said
from bangfu.feedback.rating import Score
from bangfu.feedback.serving import services_of
from bangfu.feedback.tables import Callback
from bangfu.households.tables import Household
from bangfu.quality import goals
from bangfu.sample.feedback_part import WELL
from bangfu.sample.quarter_homes import Task
from bangfu.sample.quarter_past import DAY, HOUR, Past
from bangfu.sample.quarter_visits import Planned
from bangfu.shared.civil_time import civil_date

GOALS: Final = (("能扶着助行器走到卫生间", True), ("每天按时服药，不漏服", True), ("能自己热饭吃", False))
CALLS: Final = (
    Said("person", WELL, words="来得准时，活也细致。"),
    Said("family", {**WELL, "duration": "yes"}, words="老人夸她会照顾人。"),
    Said("family", {**WELL, "duration": "unsure"}, words="有一次好像早走了一会儿。"),
)
STARS: Final = ((5, ""), (5, "做事细致。"), (5, ""), (5, ""), (4, "有一次晚到了快一个小时。"), (5, ""))


async def set_goals(past: Past, tasks: Sequence[Task]) -> None:
    """The station sets goals when the service begins."""
    for place, (text, _) in enumerate(GOALS):
        on = civil_date(past.ends)
        await goals.set_goal(
            past.cast["dispatcher"], tasks[place].need, past.key(f"goal {place}"), text, on, past.begins + 2 * HOUR
        )


async def judge_goals(past: Past) -> None:
    """The station judges them at the end, the township confirms."""
    at = past.due(past.ends - 2 * HOUR)
    for place, (_, met) in enumerate(GOALS):
        words = "上门时看到的。" if met else "还要家属帮着热饭。"
        await goals.judge(past.cast["dispatcher"], past.key(f"goal {place}"), met, words, at)
        await goals.confirm(past.cast["officer"], past.key(f"goal {place}"), past.due(at + HOUR))


async def complain(past: Past, served: Sequence[Planned]) -> None:
    """A minor one about a visit of the second week, found true and read aloud."""
    about = next(each for each in served if each.home == 2)
    desk, officer, manager = past.cast["coordinator"], past.cast["officer2"], past.cast["manager"]
    told = Told(
        facts="护理员一边干活一边打电话，说她两句还不高兴。", division=about.task.village, channel="phone",
        kind="attitude", name="恽巧英", phone="+8619900009703", about=About("visit", visit=about.id),
    )  # fmt: skip
    at = past.working(about.start, 1)
    case = await intake.enter(desk, past.key("complaint"), told, at)
    await handling.accept(officer, case, Set("minor", "attitude"), at + 2 * HOUR)
    await handling.begin(officer, case, at + 3 * HOUR)
    await handling.hear(officer, case, "complainant", "phone", "人不坏，就是电话多。", at + 4 * HOUR, past.key("heard"))
    await handling.ask(officer, case, "请说明当天情况和教育措施。", 3, at + 4 * HOUR)
    later = past.working(at, 2)
    await own.answer(
        manager, case, "护理员承认接了两个私人电话，已批评教育并上门道歉。", None, later, past.key("answer")
    )
    await handling.add_evidence(
        officer, case, "visit_record", "记录时长足，服务项目齐。", None, later, past.key("evidence")
    )
    await deciding.decide(officer, case, "substantiated", "机构承认，与反映一致。", later + HOUR)
    words = "您好。机构承认护理员当天接了私人电话，已经批评并向您道歉。以后再有这样的事，请打电话告诉我们。"
    await deciding.reply(officer, case, Reply(words, "read_aloud", "恽巧英"), later + 2 * HOUR)
    await deciding.close(officer, case, "yes", past.working(later, 2))


async def call_back(past: Past) -> None:
    """The village's aide calls as many homes as the quota asks, in the quarter's last days; one is not quite sure."""
    at = past.due(past.ends - 3 * DAY)
    await rounds.open_rounds(past.year, past.quarter, at)
    rows = await Callback.raw(
        "SELECT c.id FROM callback c JOIN callback_round r ON r.id = c.round WHERE r.subject = {} AND r.year = {}"
        " AND r.quarter = {} AND c.status = 'open' ORDER BY c.place",
        past.contract, past.year, past.quarter,
    )  # fmt: skip
    for place, row in enumerate(rows):
        said = CALLS[min(place, len(CALLS) - 1)]
        await calling.answer(past.cast["coordinator"], row["id"], said, past.due(at + (place + 1) * HOUR / 2))


async def give_stars(past: Past, tasks: Sequence[Task]) -> None:
    """Every home has its card and gives its stars."""
    at = past.due(past.ends - 3 * DAY + 4 * HOUR)
    cards: list[Any] = []
    for village in sorted({task.village for task in tasks}):
        cards += await coding.print_sheet(past.cast["coordinator"], past.key(f"sheet {village}"), village, at)
    own_part = ("contract", past.contract)
    for card in sorted(cards, key=lambda each: str(each.household_number)):
        home = await Household.objects().get(Household.number == card.household_number)
        parts = await services_of(home.id, past.year, past.quarter) if home is not None else []
        place = int(card.household_number[-3:]) - past.story.first
        if own_part in {(part.kind, part.subject) for part in parts} and place < len(STARS):
            stars, words = STARS[place]
            source = "guardian" if place == 3 else "self"
            score = Score(past.key(f"stars {place}"), {own_part: stars}, source, words)
            await rating.give_by_code(None, card.code, score, past.due(at + DAY + timedelta(minutes=7 * place)))


async def close_calls(past: Past) -> None:
    """The list of call-backs is closed ten working days after the quarter."""
    await rounds.close_due(past.working(past.over - HOUR, 11, 1))
