"""OR-Tools' routing library on a day of a team, as far as it can model one, in a process of its own.

python -m tests.benchmarks.day_peer INSTANCE.json PLAN.json SECONDS writes a plan's document, or none where it found
nothing. It models travel, abilities, windows, the sum of the tardiness (a soft upper bound of the start), simultaneous
and separated services (constraints between starts), and that these have two caregivers. It cannot model the largest
tardiness, which its objective therefore lacks; times are rounded to a thousandth of a minute.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from matching.schedule.day import DayProblem, read_day
from matching.schedule.day.check import costs_of

SCALE, HORIZON = 1000, 5_000_000


def route(problem: DayProblem, seconds: float) -> dict[str, Any] | None:
    """The plan's document, or None."""
    visits = [(patient, demand) for patient in problem.patients for demand in patient.services]
    offices = [problem.place_of_office[caregiver.departing_point] for caregiver in problem.caregivers]
    places = [problem.place_of_patient[patient.id] for patient, _ in visits] + offices
    nodes, count = len(places), len(visits)
    way = [[round(problem.travel[one][two] * SCALE) for two in places] for one in places]
    lasts = [round(demand.duration * SCALE) for _, demand in visits] + [0] * len(offices)
    ends = list(range(count, nodes))
    manager = pywrapcp.RoutingIndexManager(nodes, len(offices), ends, ends)
    model = pywrapcp.RoutingModel(manager)
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(way))
    transit = model.RegisterTransitMatrix(
        [[lasts[one] + way[one][two] for two in range(nodes)] for one in range(nodes)]
    )
    model.AddDimension(transit, HORIZON, HORIZON, False, "time")
    time, solver, first = model.GetDimensionOrDie("time"), model.solver(), 0
    for patient in problem.patients:
        indices = [manager.NodeToIndex(first + at) for at in range(len(patient.services))]
        for index, demand in zip(indices, patient.services, strict=True):
            time.CumulVar(index).SetMin(round(patient.time_window[0] * SCALE))
            time.SetCumulVarSoftUpperBound(index, round(patient.time_window[1] * SCALE), 1)
            able = [at for at, caregiver in enumerate(problem.caregivers) if demand.service in caregiver.abilities]
            model.VehicleVar(index).SetValues([-1, *able])
        if patient.apart is not None:
            one, two = (time.CumulVar(index) for index in indices)
            solver.Add(two >= one + round(patient.apart[0] * SCALE))
            solver.Add(two <= one + round(patient.apart[1] * SCALE))
            solver.Add(model.VehicleVar(indices[0]) != model.VehicleVar(indices[1]))
        first += len(indices)
    found = model.SolveWithParameters(_parameters(seconds))
    return None if found is None else _document(problem, visits, manager, model, found)


def _parameters(seconds: float) -> Any:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.LOCAL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(int(seconds * 1000))
    return parameters


def _document(problem: DayProblem, visits: list[Any], manager: Any, model: Any, found: Any) -> dict[str, Any]:
    time, routes = model.GetDimensionOrDie("time"), []
    for vehicle, caregiver in enumerate(problem.caregivers):
        index, given = found.Value(model.NextVar(model.Start(vehicle))), []
        while not model.IsEnd(index):
            patient, demand = visits[manager.IndexToNode(index)]
            start = found.Min(time.CumulVar(index)) / SCALE
            visit = {"patient": patient.id, "service": demand.service, "start": start, "end": start + demand.duration}
            given.append(visit)
            index = found.Value(model.NextVar(index))
        routes.append({"caregiver": caregiver.id, "visits": given})
    document: dict[str, Any] = {"cost": 0.0, "routes": routes}
    document["cost"] = costs_of(problem, document).cost
    return document


if __name__ == "__main__":
    instance, out, limit = sys.argv[1:]
    plan = route(read_day(instance), float(limit))
    if plan is not None:
        Path(out).write_text(json.dumps(plan), encoding="utf-8")
