"""The routes of a team's day: who visits whom when (Mankowska, Meisel and Bierwirth 2014); no web, no database.

read_day reads an instance, solve_day makes a plan, check_day judges any plan's document without a solver.
"""

from matching.schedule.day.check import DayCosts, DayFault, check_day, costs_of
from matching.schedule.day.plan import DayPlan, DayRoute, DayVisit, plan_document, write_plan
from matching.schedule.day.reading import day_of, read_day
from matching.schedule.day.records import Caregiver, DayProblem, Demand, Office, Patient
from matching.schedule.day.unable import Unable, unable

__all__ = [
    "Caregiver",
    "DayCosts",
    "DayFault",
    "DayPlan",
    "DayProblem",
    "DayRoute",
    "DayVisit",
    "Demand",
    "Office",
    "Patient",
    "Unable",
    "check_day",
    "costs_of",
    "day_of",
    "plan_document",
    "read_day",
    "unable",
    "write_plan",
]
