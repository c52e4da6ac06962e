"""``enrichctl providers sandbox``: the vendors' protocols on this machine, without money."""

import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from enrichctl.cli import context
from enrichctl.errors import UsageError


def sandbox(
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="N", help="Port; 0 takes a free one.")
    ] = 0,
    latency: Annotated[
        float, typer.Option(min=0, metavar="SECONDS", help="How long an answer takes.")
    ] = 0.0,
    jitter: Annotated[
        float, typer.Option(min=0, metavar="SECONDS", help="How much longer, at random.")
    ] = 0.0,
    limits: Annotated[bool, typer.Option(help="Whether rate limits apply.")] = True,
    credit: Annotated[
        list[str] | None, typer.Option(metavar="NAME=N", help="Credits in an account.")
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(metavar="[NAME.]FAULT=P", help="A fault, and how likely it is."),
    ] = None,
    mix_up: Annotated[
        float,
        typer.Option(min=0, max=1, metavar="P", help="Share of answers about somebody else."),
    ] = 0.0,
    seed: Annotated[int, typer.Option(metavar="N", help="Another seed is another population.")] = 1,
    forget: Annotated[
        bool, typer.Option("--forget", help="Forget what `enrich --sandbox` remembers, and end.")
    ] = False,
) -> int:
    """Serve all four vendors' documented protocols on 127.0.0.1 until interrupted.

    The population is made up and always the same for a seed. What to put into the environment is
    printed as NAME=value lines. This server starts afresh each time; the one of `enrich --sandbox`
    remembers its people, credits and tickets in the state folder until --forget.

    \b
      rm -f sandbox.env; enrichctl providers sandbox > sandbox.env &
      until grep -qs REFRESH_TOKEN sandbox.env; do sleep 0.1; done
      set -a; . ./sandbox.env; set +a
      enrichctl enrich leads.csv -p offline,lemlist --budget 200
      enrichctl providers sandbox --latency 0.3 --fault leadlex.lost=0.02
      enrichctl providers sandbox --mix-up 0.05   do wrong people end as review?
    """
    if forget:
        forget_rehearsals()
        context.screen().say("forgotten: the next `enrich --sandbox` starts with full accounts")
        return 0
    switches: dict[str, Any] = {
        "latency": latency,
        "jitter": jitter,
        "limits": limits,
        "mix_up_rate": mix_up,
        "seed": seed,
        "credits": {n: int(number) for n, number in _pairs(credit, "--credit lemlist=100", 1e9)},
        "faults": dict(_pairs(fault, "--fault lost=0.1", 1)),
    }
    return _serve(port, switches)


def _serve(port: int, switches: dict[str, Any]) -> int:
    """Serve until somebody ends it."""
    from enrichctl.sandbox import FAULTS, Sandbox  # noqa: PLC0415 - not for help and completion

    for name in switches["faults"]:
        if name.rpartition(".")[2] not in FAULTS:
            raise UsageError(
                f"there is no fault {name!r}", next=f"one of {', '.join(sorted(FAULTS))}"
            )
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with Sandbox(port=port, **switches) as box:
            for name, value in box.environ().items():
                sys.stdout.write(f"{name}={value}\n")
            sys.stdout.flush()
            context.screen().note(f"sandbox on {box.root}; Ctrl-C ends it")
            box.serve_forever()
    except ValueError as error:
        raise UsageError(
            f"the sandbox does not know that: {error}", next="enrichctl providers sandbox -h"
        ) from None
    except OSError as error:
        raise UsageError(
            f"the sandbox cannot listen on port {port}: {error.strerror}", next="choose another"
        ) from None
    except KeyboardInterrupt:
        context.screen().note("sandbox ended")
    return 0


def memory() -> Path:
    """Return where the sandbox of `enrich --sandbox` remembers what happened in it."""
    from enrichctl.config import state_dir  # noqa: PLC0415 - not for help and completion

    return state_dir() / "sandbox"


def forget_rehearsals() -> None:
    """Erase that memory: it was told of people."""
    from enrichctl.sandbox.memory import forget  # noqa: PLC0415 - not for help and completion

    forget(memory())


def _pairs(texts: list[str] | None, example: str, most: float) -> list[tuple[str, float]]:
    """Read NAME=NUMBER pairs of an option, as an example of it has them."""
    pairs = []
    option = example.partition(" ")[0]
    for text in texts or ():
        name, _, number = text.rpartition("=")
        try:
            value = float(number)
        except ValueError:
            value = -1.0
        if not name or not 0 <= value <= most:
            raise UsageError(
                f"{option} {text!r} is not NAME=NUMBER, with a number from 0 to {most:,.0f}",
                next=f"as in {example}",
            )
        pairs.append((name, value))
    return pairs
