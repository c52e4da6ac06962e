"""Reads what `recorder` wrote down, and holds it against the contracts."""

import json
from collections.abc import Iterator
from pathlib import Path

from contracts import VENDORS, Sent, contract

RECORDER = Path(__file__).parent / "recorder"
SANDBOXED = ("close", "leadlex", "lemlist", "superoffice")
INVENTED = ("/lookup", "/bulk", "/jobs")  # of the vendor that the tests of definitions make up


def recording(file: Path) -> dict[str, str]:
    """Return the environment in which a process is recorded."""
    return {"PYTHONPATH": str(RECORDER), "RECORD_WIRE_TO": str(file)}


def sent(file: Path) -> Iterator[Sent]:
    """Yield every whole request that was sent, connection by connection."""
    streams: list[bytearray] = []
    latest: dict[str, bytearray] = {}
    for line in file.read_text("utf-8").splitlines() if file.exists() else ():
        noted = json.loads(line)
        if "connected" in noted:
            streams.append(bytearray())
            latest[noted["on"]] = streams[-1]
        else:
            latest[noted["on"]] += noted["sent"].encode("latin-1")
    for stream in streams:
        yield from _requests(bytes(stream))


def _requests(stream: bytes) -> Iterator[Sent]:
    while stream:
        head, _, rest = stream.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        headers = {name.lower(): value for name, _, value in (one.partition(": ") for one in lines)}
        length = int(headers.get("content-length", 0))
        if len(rest) >= length:  # the process may have been killed in between
            yield Sent(method, target, headers, rest[:length])
        stream = rest[length:]


def complaints(file: Path) -> list[str]:
    """Return what the recorded requests have wrong; a call that no vendor documents is wrong."""
    return [wrong for one in sent(file) for wrong in _wrong(one)]


def _wrong(one: Sent) -> list[str]:
    name, _, below = one.target[1:].partition("/")
    if name in SANDBOXED:  # the sandbox speaks for several on one port
        return contract(name).request(Sent(one.method, f"/{below}", one.headers, one.body))
    knows = [vendor for vendor in VENDORS if contract(vendor).find(one.method, one.target)]
    if knows:
        return min((contract(vendor).request(one) for vendor in knows), key=len)
    if one.target.startswith(INVENTED):
        return []
    return [f"nobody documents {one.method} {one.target.partition('?')[0]}"]
