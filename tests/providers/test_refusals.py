"""What vendors call an error: shown where the word is known, and never otherwise."""

import json
from itertools import product

import pytest

from enrichctl.model import Throttled
from enrichctl.providers import load
from enrichctl.transport import Reply

CANARIES = ["wbk_canary1234", "CANARYKEY", "canary", "jane.canary@acme.example", "+47 1 canary"]
STATUSES = [400, 401, 402, 403, 404, 405, 409, 413, 421, 422, 429, 500, 503]
VENDORS = ["leadlex", "lemlist", "close", "superoffice"]


def bodies(canary):
    return [
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


@pytest.mark.parametrize("vendor", VENDORS)
def test_no_refusal_shows_a_word_that_is_not_known(vendor):
    provider = load(vendor)
    for status, canary in product(STATUSES, CANARIES):
        for body in bodies(canary):
            for data in (json.dumps(body), str(body)):
                why = provider.explain(Reply(status, {"x-note": canary}, data.encode()))
                silent = why is None or isinstance(why, Throttled)
                said = "" if silent else f"{why.message} {why.next}"
                assert "canary" not in said.lower(), (status, body, said)


@pytest.mark.parametrize("word", ["validation_error", "ambiguous_reference"])
def test_a_word_that_the_vendor_documents_is_shown(word):
    reply = Reply(400, {}, json.dumps({"error": {"code": word}}).encode())
    assert load("leadlex").explain(reply).message == f"LeadLex rejects it: {word}"


def test_a_batch_s_documented_code_is_shown():
    reply = Reply(400, {}, b'{"error": "WRONG_BODY_FORMAT"}')
    assert load("lemlist").explain(reply).message == (
        "lemlist does not take the batch: WRONG_BODY_FORMAT"
    )
