"""What ``-n -v`` shows with the plan: the first request that would go to each provider."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from enrichctl.cli.enrich.forecast import Forecast
from enrichctl.engine.first_request import first_request
from enrichctl.provider import Queue
from enrichctl.render.planned import show_request
from enrichctl.render.screen import Screen
from enrichctl.transport.paper import PaperWire

if TYPE_CHECKING:
    from enrichctl.cli.logins import Connected


def show_first_requests(
    screen: Screen, ahead: Forecast, connected: Mapping[str, "Connected"]
) -> None:
    """Show what would be sent first about a record to each provider; send nothing."""
    for name in (lane.name for lane in ahead.plan.lanes if lane.ask):
        one = connected[name]
        if name not in ahead.first:
            screen.note(f"{name}: what it is sent first depends on the answers of others")
            continue
        if one.connection is None:
            screen.note(f"{name}: with a key, its first request would be shown here")
            continue
        request = first_request(ahead.first[name], one.wire(PaperWire))
        if request is None:
            screen.note(f"{name}: its first record needs no request")
            continue
        most = one.provider.batch_max if isinstance(one.provider, Queue) else 1
        show_request(screen, name, request, together=most)
