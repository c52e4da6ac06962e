"""`responses`, in the place where this transport leaves `requests`."""

from typing import Any

import responses


class Mock(responses.RequestsMock):
    """Answers for the server: what `Adapter.open` returns is a reply as its headers arrive."""

    def __init__(self, **how: Any) -> None:
        super().__init__(target="enrichctl.transport.bounds.Adapter.open", **how)

    def _on_request(self, adapter: Any, request: Any, **how: Any) -> Any:
        del how  # time and trust are the real adapter's affair
        return super()._on_request(adapter, request, stream=True).raw
