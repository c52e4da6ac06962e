"""Under which conditions and thresholds stored answers are replayed."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from enrichctl.analysis.checks import Verifier
from enrichctl.cli.logins import prices
from enrichctl.config import Settings
from enrichctl.engine.reading import read_answer
from enrichctl.errors import UsageError, did_you_mean
from enrichctl.journal.known_answers import ReadAgain, Reader
from enrichctl.matching.conditions import Condition, ConditionError, read_condition
from enrichctl.model import Attempt, Query, Remark
from enrichctl.provider import VERDICT, Remote
from enrichctl.registry import condition_of, verifier_of

if TYPE_CHECKING:
    from enrichctl.cli.credits.command import CreditsOptions


class ReplayTerms(NamedTuple):
    """What decides in a replay, as typed; else as it is configured.

    Attributes:
        min_confidence: What a value needs to fill a cell.
        conditions: Provider → what must hold for a record to be asked about; None is nothing.
        verified_email: The search goes on until an e-mail is verified.
        verifier: Who verifies addresses.
    """

    min_confidence: float
    conditions: Mapping[str, Condition | None]
    verified_email: bool
    verifier: Verifier | None

    def readers(self, known: Mapping[str, Remote]) -> dict[str, Reader]:
        """Return provider → what reads its answers again, where these terms depend on them."""
        verifies = self.verifier.name if self.verifier else ""
        if self.min_confidence <= 0:
            return {name: self._reader(one) for name, one in known.items() if name == verifies}
        return {name: self._reader(one) for name, one in known.items()}

    def _reader(self, provider: Remote) -> Callable[[Attempt], ReadAgain]:
        def read(attempt: Attempt) -> ReadAgain:
            query = Query(dict.fromkeys(attempt.inputs, ""), attempt.wants)
            match = read_answer(provider, attempt.answer, query)
            if isinstance(match, Remark):
                return ReadAgain()
            weak = (
                name
                for name, value in match.items()
                if value.confidence is not None and value.confidence < self.min_confidence
            )
            verdict = match.get(VERDICT)
            return ReadAgain(frozenset(weak), verdict.text if verdict else "")

        return read


def terms_of(
    options: "CreditsOptions", settings: Settings, known: Mapping[str, Remote]
) -> ReplayTerms:
    """Return the terms of a replay.

    Raises:
        UsageError: A condition cannot be read, or is no provider's.
    """
    conditions = {name: condition_of(name, settings) for name in known}
    conditions |= _typed(options.only_if or (), known)
    verified = options.verified_email
    verified = settings.verified_email if verified is None else verified
    confidence = options.min_confidence
    confidence = settings.min_confidence if confidence is None else confidence
    return ReplayTerms(
        confidence or 0.0, conditions, verified, _verifier(settings, conditions, verified)
    )


def _verifier(
    settings: Settings, conditions: Mapping[str, Condition | None], verified: bool
) -> Verifier | None:
    provider = verifier_of(settings)
    if provider is None:
        return None
    price = prices(settings)(provider.name, verify=True)
    return Verifier(provider.name, price, verified, conditions.get(provider.name))


def _typed(pairs: Sequence[str], known: Mapping[str, Remote]) -> dict[str, Condition | None]:
    """Read ``NAME=CONDITION``; a blank condition is none."""
    found: dict[str, Condition | None] = {}
    for pair in pairs:
        name, equals, text = (part.strip() for part in pair.partition("="))
        if not (name and equals):
            raise UsageError(
                f"--only-if {pair!r} is not NAME=CONDITION",
                next="as in --only-if \"lemlist=country == 'DE'\"",
            )
        if name not in known:
            hint = did_you_mean(name, known)
            raise UsageError(
                f"--only-if: no paid provider is called {name!r}{hint}", next="enrichctl providers"
            )
        try:
            found[name] = read_condition(text) if text else None
        except ConditionError as error:
            raise UsageError(
                f"--only-if: the condition of {name} {error}", next="enrichctl help money"
            ) from None
    return found
