"""Where the addresses of a replay are verified: each that is found, or the last."""

from dataclasses import replace

from enrichctl.analysis.checks import OF_ROW, Checked, Verifier, check
from enrichctl.analysis.rates import EVEN
from enrichctl.analysis.rows import AlikeRow, AlikeState, met_by
from enrichctl.journal.known_answers import KnownAnswer
from enrichctl.model import UNDELIVERABLE
from enrichctl.plan import GIVEN_UP
from enrichctl.provider import EMAIL

UNSURE = "?"  # in place of who found an address: one of several


def verify_found(
    verifier: Verifier | None, row: AlikeRow, before: AlikeState, state: AlikeState, name: str
) -> AlikeState:
    """Verify the address that a provider may have found, where each is; note who found it.

    One that was found before is verified now where the verifier's condition holds only now.
    """
    is_new = EMAIL not in state.blank and (EMAIL in before.blank or EMAIL in before.open)
    if not (is_new or before.put_off):
        return state
    if is_new and EMAIL not in state.open:
        state = replace(state, finder=name if EMAIL in before.blank else UNSURE)
    if not (verifier and verifier.each):
        return state
    if not _may_ask(verifier, row, state):
        return replace(state, put_off=True)
    known = row.checks.get(name if is_new else state.finder)
    return _verified(verifier, known, before, replace(state, put_off=False))


def _may_ask(verifier: Verifier, row: AlikeRow, state: AlikeState) -> bool:
    """Tell whether the verifier may be asked about the address that stands there."""
    if verifier.name in row.kind.hidden and not row.checks:
        return False
    return met_by(verifier.only_if, row, state, EMAIL) is not False


def _verified(
    verifier: Verifier, known: KnownAnswer | None, before: AlikeState, state: AlikeState
) -> AlikeState:
    """Verify the address that may stand there; it is given up where it is undeliverable."""
    is_open = EMAIL in state.open
    left = before.open.get(EMAIL, 1.0)  # how likely it was asked for
    likely = max(left - state.open[EMAIL], 0.0) if is_open else left
    checked = state.checked + check(verifier, known, likely, certain=not is_open and left == 1.0)
    if known is None and not is_open:
        return replace(state, open={**state.open, EMAIL: GIVEN_UP * left}, checked=checked)
    if known is None or is_open or known.verdict != UNDELIVERABLE:
        return replace(state, checked=checked)
    paid = Checked(checked.cost, state.checked.filled, state.checked.verified)
    if EMAIL in before.open:  # else an earlier one stands
        return replace(state, open={**state.open, EMAIL: left}, checked=paid)
    return replace(state, blank=state.blank | {EMAIL}, finder=OF_ROW, checked=paid)


def verify_last(
    verifier: Verifier | None, row: AlikeRow, state: AlikeState, *, has_checks: bool
) -> AlikeState:
    """Verify the address at which records end, where that was not done before.

    Args:
        verifier: Who does.
        row: The records.
        state: Where they are after the last provider.
        has_checks: Addresses of other records were verified: those of which nothing is known have
            none, or had a verdict.
    """
    lacked = EMAIL in row.blank
    if verifier is None or EMAIL in state.blank or (lacked and verifier.each):
        return state
    known = row.checks.get(state.finder if lacked else OF_ROW)
    if not lacked and known is None and has_checks:
        return state
    if not _may_ask(verifier, row, state):
        return state
    likely = 1.0 - state.open.get(EMAIL, 0.0)
    if not lacked and known is None:
        likely = EVEN
    found = check(verifier, known, likely, certain=likely == 1.0)
    return replace(state, checked=state.checked + found)
