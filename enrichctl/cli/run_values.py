"""A run and a record as plain values, shaped like their documents."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from enrichctl.cli import context, resume
from enrichctl.journal.accounts import made_up
from enrichctl.model import NOTHING, Credits, Outcome, Status

if TYPE_CHECKING:
    from enrichctl.journal import Journal
    from enrichctl.journal.history import RunEntry
    from enrichctl.journal.record_rows import RecordRow
    from enrichctl.model import Attempt


def facts(journal: "Journal", run: "RunEntry") -> dict[str, Any]:
    """Return a run as plain values, shaped like its document."""
    from enrichctl.journal import spent  # noqa: PLC0415 - not for help
    from enrichctl.journal.erased import answers_erased  # noqa: PLC0415 - the same

    summary = run.summary if run.is_counted else _so_far(journal, run)
    late = spent.late(journal, run)
    lanes = [
        lane | {"late": late.get(lane["name"], 0)}
        for lane in _priced(summary["providers"], spent.of_run(journal, run))
    ]
    job = spent.of_job(journal, run)
    outcomes = summary["outcomes"]
    doubts = _doubts(journal, run) if resume.doubts_a_budget(run, outcomes) else {}
    # Going on takes a larger budget, which is the user's own.
    raises = bool(resume.too_little(run, doubts))
    errors = [error | {"next": error["next"] or None} for error in summary["errors"]]
    return {
        "id": run.id,
        "sandbox": run.sandbox,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "waited": summary.get("waited", 0.0),
        "state": run.state,
        "stopped_by": run.stopped_by,
        "exit_status": run.exit_status,
        "who": run.who or None,
        "input": run.input,
        "output": run.output,
        "records": run.records,
        "people": run.people,
        "outcomes": outcomes,
        "providers": lanes,
        "waiting": job.waiting,
        "erased": answers_erased(run.summary),
        "job": {
            "runs": job.runs,
            "since": job.since,
            "credits": job.spent,
            "set_aside": job.set_aside,
        },
        "fields": summary["fields"],
        "errors": errors,
        "not_asked": summary.get("not_asked", []),
        "needs_you": summary.get("needs_you", False) or raises,
        "raises": raises,
        "piloted": resume.is_complete(run),
        "written": summary.get("written", True),
        "resume": resume.command(run, outcomes, datetime.now(UTC), doubts),
    }


def _doubts(journal: "Journal", run: "RunEntry") -> dict[str, Credits]:
    """Return provider → the cheapest call of those that may have been charged in a run."""
    from enrichctl.journal import record_rows  # noqa: PLC0415 - not for help

    found: dict[str, Credits] = {}
    for record in record_rows.records(journal, run.id, Status.UNCONFIRMED):
        for tried in record.tried:
            number = tried.get("attempt")
            attempt = None if number is None else journal.attempt(number)
            if attempt and attempt.outcome is Outcome.UNCONFIRMED:
                name, cost = attempt.provider, attempt.credits
                found[name] = min(found.get(name, cost), cost)
    return found


def _priced(lanes: list[dict[str, Any]], money: dict[str, Any]) -> list[dict[str, Any]]:
    """Return lanes with what the journal says of their money, which outlasts the run."""
    priced = []
    for lane in lanes:
        own = money.get(lane["name"])
        said = Credits(lane["credits"])
        priced.append(
            lane
            | {
                "credits": own.spent if own else said,
                "set_aside": own.set_aside if own else NOTHING,
            }
        )
    return priced


def suppressed(journal: "Journal", run: "RunEntry") -> dict[str, int]:
    """Return how many records were held back, and how many attempts tell anything of them: none."""
    from enrichctl.journal.proof import attempts_about_suppressed  # noqa: PLC0415 - not for help

    records = run.summary.get("suppressed", 0)
    attempts = attempts_about_suppressed(journal, run.id) if records else 0
    return {"records": records, "attempts": attempts}


def _so_far(journal: "Journal", run: "RunEntry") -> dict[str, Any]:
    """Count what a run has done that goes on, or was killed."""
    from enrichctl.journal import history  # noqa: PLC0415 - not for help

    outcomes, lanes = history.so_far(journal, run)
    providers = [lane.plain() for lane in lanes]
    return {"outcomes": outcomes, "providers": providers, "fields": [], "errors": []}


def explained(journal: "Journal", run: "RunEntry", record: "RecordRow") -> dict[str, Any]:
    """Return one record as plain values, shaped like its document."""
    from enrichctl.cli.status.reasons import complete, unidentified  # noqa: PLC0415 - reads answers again

    tested = run.tested
    fields = {field["name"] for field in run.summary.get("fields", ())}.union(tested)
    attempts = [_tried(journal, tried, record.values) for tried in record.tried]
    held = record.values.items()
    values = {name: value | {"at": _moment(value["at"])} for name, value in held}
    asked: set[str] = set()
    stood: dict[str, str] = {}
    along: dict[str, dict[str, Any]] = {}  # what came along with answers and fills nothing
    for attempt in attempts:
        # What a later provider found, or this one itself, was not known yet.
        later = {one["provider"] for one in attempts} - asked
        known = along | {
            name: value if value["provider"] not in later else value | {"after": value["before"]}
            for name, value in values.items()
        }
        if tested:  # each of them was asked by itself, as if nobody had given anything
            known = {name: value for name, value in values.items() if name not in tested}
        before = known if tested else values
        match = complete(attempt, before, fields, context.settings(), known, stood)
        attempt["gave"] = {name: match[name].text for name in attempt["accepted"] if name in match}
        if tested:
            _say_compared(attempt)
            continue
        if not attempt["held_back"]:
            came = {name: {"before": one.text} for name, one in match.items()}
            along = {n: one for n, one in came.items() if n not in values} | along
        asked.add(attempt["provider"])
        stood |= dict.fromkeys(attempt["accepted"], attempt["provider"])
    if run.sandbox:
        _say_made_up(values, attempts)
    note = note_of(run, record)
    if not any(is_remote(one) or one["outcome"] != Outcome.DECLINED.value for one in record.tried):
        note = "; ".join(filter(None, (note, unidentified(values, fields, context.settings()))))
    return {
        "sandbox": run.sandbox,
        "row": record.row,
        "line": record.line,
        "status": record.status,
        "note": note or None,
        "tested": tested,
        "values": values,
        "attempts": attempts,
    }


def note_of(run: "RunEntry", record: "RecordRow") -> str:
    """Return why a record ended as it did; a benchmark fills nothing that is missing."""
    from enrichctl.engine.result import NOTHING_FOUND  # noqa: PLC0415 - not for help

    if not run.tested:
        return record.note
    return record.note.replace(NOTHING_FOUND, f"no value for {' or '.join(run.tested)}")


def _say_compared(attempt: dict[str, Any]) -> None:
    """Say of a benchmark's question what became of its answer: nothing was filled."""
    from enrichctl.cli.status.reasons import UNWANTED  # noqa: PLC0415 - as above

    left = attempt["left"].items()
    attempt["left"] = {name: "not tested" if why == UNWANTED else why for name, why in left}
    if attempt["outcome"] == Outcome.MATCHED.value:
        attempt["reason"] = "it was compared with the file" if attempt["accepted"] else None


def _say_made_up(values: dict[str, dict[str, Any]], attempts: list[dict[str, Any]]) -> None:
    """Call the providers of the sandbox so wherever one is named, asked or not."""
    names = {
        name: made_up(name) if is_beyond(name) else name
        for name in {one["provider"] for one in attempts}
    }
    for one in (*values.values(), *attempts):
        one["provider"] = names.get(one["provider"], one["provider"])


def is_beyond(name: str) -> bool:
    """Tell whether a provider of a rehearsal is one that the sandbox plays."""
    from enrichctl import providers  # noqa: PLC0415 - not for help
    from enrichctl.provider import Remote  # noqa: PLC0415 - the same

    return name in providers.names() and isinstance(providers.load(name), Remote)


def is_remote(tried: dict[str, Any]) -> bool:
    """Tell whether what a record says of a provider is about one beyond this machine."""
    return tried.get("attempt") is not None


def _tried(
    journal: "Journal", tried: dict[str, Any], values: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """Join what a record says of an attempt with what the journal says of it."""
    gone = tried.get("taken_back", {})
    stands = [name for name in tried["accepted"] if name not in gone]
    number = tried.get("attempt")
    attempt = journal.attempt(number) if number is not None else None
    return {
        "provider": tried["provider"],
        "outcome": attempt.outcome.value if attempt else tried["outcome"],
        "told": list(attempt.inputs if attempt else tried.get("told", ())),
        "wanted": list(attempt.wants if attempt else tried.get("wanted", ())),
        "answer": attempt.answer if attempt else tried.get("answer"),
        "accepted": stands,
        "held_back": tried.get("held_back", []),
        "taken_back": gone,
        "reason": tried["reason"] or _why(tried["outcome"], stands, gone, values),
        "credits": attempt.credits if attempt else NOTHING if number is None else None,
        "at": attempt.at if attempt else None,
        "request_id": (attempt.request_id or None) if attempt else None,
        "other_name": _other_name(journal, attempt, values) if attempt else None,
    }


def _other_name(
    journal: "Journal", attempt: "Attempt", values: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any] | None:
    """Return when a row's address was asked about under another name before, and for how much."""
    from enrichctl.engine.other_names import under_another_name  # noqa: PLC0415 - not for help

    known = {n: text for n, one in values.items() if (text := one["before"] or one["after"])}
    asked = under_another_name(journal, attempt.provider, known, attempt.wants)
    before = (o for o in asked if o.id < attempt.id and o.account == attempt.account)
    return next(({"at": one.at, "credits": one.credits} for one in before), None)


def _why(
    outcome: str,
    stands: Sequence[str],
    gone: Mapping[str, str],
    values: Mapping[str, Mapping[str, Any]],
) -> str | None:
    """Return why an answer filled what stands now, or nothing; None where there was none."""
    if outcome != Outcome.MATCHED.value:
        return None
    if any(values[name]["before"] for name in stands if name in values):
        return "it filled what was missing, or replaced what was there, as requested"
    if stands:
        return "it filled what was missing, or was more certain"
    if gone:
        return "; ".join(f"{name}: {why}" for name, why in gone.items())
    return "nothing in its answer was both missing and certain enough"


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
