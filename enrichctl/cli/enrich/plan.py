"""The plan as ``enrich -n --json`` prints it."""

from dataclasses import asdict

from enrichctl.model import Credits, Plan, plain


def plan_document(plan: Plan) -> dict[str, object]:
    """Return a plan as ``enrich -n --json`` prints it."""

    def spread(values: object) -> dict[str, str]:
        return {k: plain(Credits(v)) for k, v in asdict(values).items()}  # type: ignore[call-overload]

    return {
        "schema": "enrichctl.plan/1",
        "records": plan.records,
        "people": plan.people,
        "complete": plan.complete,
        "suppressed": plan.suppressed,
        "unidentified": plan.unidentified,
        "namesakes": plan.namesakes,
        "review": plan.review,
        "mapping": plan.mapping,
        "providers": [
            {
                "name": lane.name,
                "ask": lane.ask,
                "reused": lane.reused,
                "calls": {k: int(v) for k, v in asdict(lane.calls).items()},
                "credits": spread(lane.credits),
                "writes": lane.writes or None,
                "former_accounts": [
                    {"account": name, "people": n} for name, n in lane.former.most_common()
                ],
            }
            for lane in plan.lanes
        ],
    }
