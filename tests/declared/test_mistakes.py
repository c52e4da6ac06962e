"""Impossible definitions: one clear error each, before anything is sent."""

import pytest
from definitions import acme

from enrichctl.errors import UsageError

BATCH = '[request.batch]\nmax = 3\nitems = "people"\n'
POLL = '[poll]\nticket = "id"\npath = "/jobs/{ticket}"\nevery = 5\npending = "!people"\n'


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("price", "prise"), "line 6: prise is not a setting; did you mean price?"),
        (("price = 2", "price = -1"), "line 6: price must be greater than or equal to 0"),
        (("price = 2", "price = true"), "line 6: price must be a number"),
        (("price = 2", "price = {fax = 1}"), "line 6: price names fax, which is neither in"),
        (("price = 2\n", ""), 'line 5: billed is "match", so a price must be given'),
        (("price = 2", "price = 2\nsold_as = {phone = 'x'}"), "sold_as names x, which has no"),
        (('"match"', '"no"'), 'price is given, but billed = "no" says that nothing is charged'),
        (('"match"', '"never"'), "line 5: billed must be 'match', 'call' or 'no'"),
        (("billed", "# billed"), "acme.toml: it lacks billed"),
        (("https://", "api."), "line 1: base_url must start with https:// or http://"),
        (('{header = "X-Api-Key"}', "{}"), "line 2: auth must be one of bearer = true, header"),
        (('"X-Api-Key"', '"X", query = "k"'), "line 2: auth must be one of bearer"),
        (('["email"]', '["emial"]'), "line 3: needs names no field: emial; did you mean email?"),
        (('[["email"], ["first_name", "last_name"]]', "[[]]"), "line 3: needs must hold at least"),
        (("hints", "# hints"), "line 11: request.json names {company_name}, which stands neither"),
        (('"{email}"', '"{emial}"'), "names {emial}, which is no field; did you mean email?"),
        (('"{email}"', '"{ticket}"'), "names {ticket}, which is known only to [poll]"),
        (('"{email}"', '"{email"'), "line 11: request.json has a brace that is not closed"),
        (('"{email}"', '"{}"'), "request.json names nothing between its braces"),
        (('"{email}"', '"{item}"'), "request.json names {item}, but there is no batch"),
        (('"{email}"', '"{asks}"'), "request names {asks}, but has no asks"),
        ((', at = "{company_name}"', ""), "line 4: hints names company_name, but no part of"),
        (('"/lookup"', '"/{email}"'), "request.path names {email}, which not every set of needs"),
        (('"/lookup"', '"lookup"'), "line 10: request.path must start with /"),
        (('path = "/lookup"\n', ""), "line 9: request lacks path"),
        (('"/lookup"', '"/lookup"\nmethod = "GET"'), "request.json cannot be sent with GET"),
        (('"/lookup"', '"/lookup"\nmethod = "FETCH"'), "request.method must be 'GET', 'POST'"),
        (('"/lookup"', '"/x"\nheaders = {a = "{email}"}'), "request.headers.a cannot hold"),
        (("person.title", "person..title"), "line 14: response.job_title is no JMESPath"),
        (("person.title", "upper(title)"), "there is no function upper()"),
        (("job_title", "jobtitle"), "line 14: response.jobtitle names no field: jobtitle; did"),
        (("phone =", '"other.score" ='), "names no field: other.score; a field of its own is"),
        (("[404]", "[404, {}]"), "line 18: meaning.miss holds a rule with neither status nor"),
        (("[404]", "[404]\nlogin = 404"), "line 19: meaning.login 404 is miss already"),
        (("[404]", "[404]\nlogin = 200"), "meaning.login 200 is an answer: say when"),
        (("[404]", "[99]"), "meaning.miss.status must be greater than or equal to 100"),
        (("limit = 5", "limit = 0"), "line 7: rates.limit must be greater than 0"),
        (("seconds = 1", 'seconds = "1"'), "line 7: rates.seconds must be a number"),
        (("seconds = 1", 'seconds = 1, unit = "row"'), "rates.unit must be 'call' or 'record'"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path, change, complaint):
    with pytest.raises(UsageError) as caught:
        acme(change, folder=tmp_path)
    assert complaint in caught.value.message
    assert str(tmp_path / "acme.toml") in caught.value.message


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        (POLL.replace("ticket =", "tickte ="), "poll.tickte is not a setting; did you mean ticket"),
        (POLL.replace('ticket = "id"\n', ""), "line 19: poll lacks ticket"),
        (POLL.replace("{ticket}", "x"), "poll.path does not name {ticket}"),
        (POLL.replace("{ticket}", "{ticket}/{email}"), "poll names {email}, but knows {ticket}"),
        (POLL.replace("pending", "failed"), "poll lacks pending or done"),
        (POLL + 'adds = ["fax"]\n', "poll.adds names fax, which [response] does not"),
        (POLL + 'adds = ["phone"]\n', "poll.adds needs [request.batch], and answers and echo"),
        (POLL + 'echo = "id"\n', "poll has answers and echo only with adds"),
        (BATCH.replace("3", "0"), "line 20: request.batch.max must be greater than 0"),
        (BATCH + 'echo = "id"', "request.batch.echo tells answers apart by {item}, which json"),
        (BATCH + 'missed = "lost"', "request.batch.missed needs echo"),
        (
            BATCH + 'around = {to = "{email}"}',
            "request.batch.around names {email}, but stands once",
        ),
        (BATCH + 'cost = "cost"\n' + POLL, "request.batch.cost is for answers that come at once"),
        ('[[windows]]\nname = "day"', "windows day needs reset or seconds"),
        ('[check]\npath = "/me/{email}"', "check names {email}, but it is a call about nobody"),
        ("[words.email]\na = 'b'", "words names email, which [response] does not"),
    ],
)
def test_a_mistake_in_a_further_part_is_named_too(tmp_path, more, complaint):
    with pytest.raises(UsageError) as caught:
        acme(folder=tmp_path, more=more)
    assert complaint in caught.value.message


def test_the_line_is_found_beside_values_over_several_lines(tmp_path):
    spread = ('[["email"], ["first_name", "last_name"]]', '[\n  ["email"],\n  ["price"]\n]')
    with pytest.raises(UsageError, match=r"acme\.toml, line 3: needs names no field: price"):
        acme(spread, folder=tmp_path)
    with pytest.raises(UsageError, match=r"acme\.toml, line 9: price must"):
        acme(
            (spread[0], spread[1].replace('"price"', '"first_name", "last_name"')),
            ("price = 2", "price = -2"),
            folder=tmp_path,
        )
