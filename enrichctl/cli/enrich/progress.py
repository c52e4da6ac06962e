"""How far a run has come, for those who look on."""

from typing import TYPE_CHECKING

from enrichctl.engine.stop import Stop
from enrichctl.journal import Journal, history, spent
from enrichctl.model import Credits
from enrichctl.render.screen import Screen

if TYPE_CHECKING:
    from enrichctl.plan import Plan
    from enrichctl.render.progress import Progress


def progress_of(
    screen: Screen, plan: "Plan | None", entry: history.RunEntry, journal: Journal, stop: Stop
) -> "Progress | None":
    """Return what shows how far a run is; None where nobody wants to know."""
    if screen.quiet:
        return None
    from enrichctl.render.progress import Progress  # noqa: PLC0415 - draws with Rich

    def set_aside() -> dict[str, Credits]:
        return {name: money.set_aside for name, money in spent.of_run(journal, entry).items()}

    asks = {lane.name: lane.ask for lane in plan.lanes} if plan else {}
    return Progress(screen, asks, entry.records, set_aside=set_aside, stopping=stop.asked.is_set)
