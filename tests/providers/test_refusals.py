"""What vendors call an error: shown where the word is known, and never otherwise."""

import json

import pytest

from enrichctl.model import Throttled
from enrichctl.providers import load
from enrichctl.transport import Reply

CANARIES = ["wbk_canary1234", "CANARYKEY", "canary", "jane.canary@acme.example", "+47 1 canary"]
VENDORS = ["leadlex", "lemlist", "close", "superoffice"]


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize(
    "status", [400, 401, 402, 403, 404, 405, 409, 413, 421, 422, 429, 500, 503]
)
@pytest.mark.parametrize("canary", CANARIES)
def test_no_refusal_shows_a_word_that_is_not_known(canary, status, vendor):
    bodies = [
        canary,
        {"error": canary},
        {"error": {"code": canary, "message": canary}},
        {"code": canary},
        {"message": canary},
        {"enrichmentStatus": canary},
        {"field-errors": {canary: canary}},
        {"Message": canary, "MessageDetail": canary, "ErrorType": canary},
        [canary],
    ]
    for body in bodies:
        for data in (json.dumps(body), str(body)):
            why = load(vendor).explain(Reply(status, {"x-note": canary}, data.encode()))
            said = "" if why is None or isinstance(why, Throttled) else f"{why.message} {why.next}"
            assert "canary" not in said.lower(), (body, said)


@pytest.mark.parametrize("word", ["validation_error", "ambiguous_reference"])
def test_a_word_that_the_vendor_documents_is_shown(word):
    reply = Reply(400, {}, json.dumps({"error": {"code": word}}).encode())
    assert load("leadlex").explain(reply).message == f"LeadLex rejects it: {word}"


def test_a_batch_s_documented_code_is_shown():
    reply = Reply(400, {}, b'{"error": "WRONG_BODY_FORMAT"}')
    assert load("lemlist").explain(reply).message == (
        "lemlist does not take the batch: WRONG_BODY_FORMAT"
    )
