"""When: the calendar of visits, and the routes of a day."""

from matching.schedule.check import problems_of, problems_with
from matching.schedule.plan import CODES, RULES, CalendarPlan, Conflict, Finding, Measures, Unplaced, Visit
from matching.schedule.problem import CalendarProblem
from matching.schedule.records import BreakRule, Carer, Done, Due, Fixed, Horizon, Task
from matching.schedule.weights import Weights

__all__ = [
    "CODES",
    "RULES",
    "BreakRule",
    "CalendarPlan",
    "CalendarProblem",
    "Carer",
    "Conflict",
    "Done",
    "Due",
    "Finding",
    "Fixed",
    "Horizon",
    "Measures",
    "Task",
    "Unplaced",
    "Visit",
    "Weights",
    "problems_of",
    "problems_with",
]
