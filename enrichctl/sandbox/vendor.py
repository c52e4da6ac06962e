"""A vendor as the sandbox plays it: login, limits, routes, in that order."""

import pkgutil
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

from enrichctl.sandbox.exchange import VendorReply, VendorRequest
from enrichctl.sandbox.switches import Switches, Terms
from enrichctl.sandbox.world import CallWindow, World

Route = tuple[str, str, Callable[..., VendorReply]]


class Vendor(ABC):
    """One vendor's protocol and state.

    A subclass lists its ``routes``: method, path as a regular expression whose groups are given
    to the function along with the request.
    """

    name: ClassVar[str]
    terms: ClassVar[Terms]

    def __init__(self, world: World) -> None:
        self.world = world
        self._begin()

    def _begin(self) -> None:
        self._windows: dict[str, list[CallWindow]] = {}
        self._routes = [(verb, re.compile(path), work) for verb, path, work in self.routes()]

    def __getstate__(self) -> dict[str, Any]:
        """Return what is remembered from one sandbox to the next: no limits."""
        left_out = ("_windows", "_routes")
        return {name: value for name, value in vars(self).items() if name not in left_out}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take up what is remembered."""
        vars(self).update(state)
        self._begin()

    @abstractmethod
    def routes(self) -> list[Route]:
        """List what can be asked."""

    @classmethod
    def base(cls, switches: Switches) -> str:
        """Return what stands between the server's address and the paths of its documentation."""
        del switches
        return f"/{cls.name}"

    @classmethod
    def login(cls, root: str, switches: Switches) -> dict[str, str]:
        """Return the parts of a login that work at a server."""
        return {"base_url": root + cls.base(switches), "api_key": switches.keys[cls.name]}

    @abstractmethod
    def login_refused(self, request: VendorRequest) -> VendorReply | None:
        """Return the refusal of a request whose key is missing or wrong, else None."""

    @abstractmethod
    def refuse(self, why: str, request: VendorRequest) -> VendorReply:
        """Say no: ``login``, ``credits``, ``throttled`` or ``throttled_day``."""

    @abstractmethod
    def not_found(self, request: VendorRequest, *, known_path: bool) -> VendorReply:
        """Answer a path that does not exist, or not for this method."""

    def stamp(self, reply: VendorReply, request: VendorRequest) -> None:  # noqa: B027 - not every vendor has any
        """Add the headers that the vendor sends with every answer."""

    def group(self, request: VendorRequest) -> str:  # noqa: ARG002 - for vendors that count by path
        """Return which calls are counted together."""
        return ""

    def windows(self, request: VendorRequest) -> list[CallWindow]:
        """Return the limits that a request falls under, shortest first."""
        group = self.group(request)
        if group not in self._windows:
            switches = self.world.switches
            sliding = switches.window_kind == "sliding"
            limits = switches.windows[self.name]
            self._windows[group] = [CallWindow(n, s, sliding=sliding) for n, s in limits]
        return self._windows[group]

    def forget_windows(self) -> None:
        """Start counting again, with the limits as they are switched now."""
        self._windows.clear()

    def answer(self, request: VendorRequest) -> VendorReply:
        """Answer one request as the vendor would."""
        reply = self.login_refused(request) or self._throttle(request) or self._route(request)
        self.stamp(reply, request)
        return reply

    def refusal(self, why: str, request: VendorRequest) -> VendorReply:
        """Refuse one request out of turn."""
        reply = self.refuse(why, request)
        self.stamp(reply, request)
        return reply

    def _throttle(self, request: VendorRequest) -> VendorReply | None:
        if not self.world.switches.limits:
            return None
        now, windows = self.world.now(), self.windows(request)
        if not all(window.left(now) for window in windows):
            return self.refuse("throttled", request)
        for window in windows:
            window.count(now)
        return None

    def _route(self, request: VendorRequest) -> VendorReply:
        known = False
        for method, path, work in self._routes:
            if found := path.fullmatch(request.path):
                known = True
                if method == request.method:
                    return work(request, *found.groups())
        return self.not_found(request, known_path=known)


@cache
def vendors() -> dict[str, type[Vendor]]:
    """Return every vendor that the sandbox plays, by name: a folder here is one."""
    folders = [m.name for m in pkgutil.iter_modules([str(Path(__file__).parent)]) if m.ispkg]
    modules = [import_module(f"{__package__}.{name}") for name in folders]
    found = [
        thing
        for module in modules
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Vendor) and thing is not Vendor
    ]
    return {kind.name: kind for kind in found}
