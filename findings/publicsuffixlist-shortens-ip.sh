#!/usr/bin/env bash
# Guess: asked for the registrable part of 192.0.2.7, a library of public suffixes says none, as it
# does for a bare suffix: an IP address has no owner by name.
# Behaviour: publicsuffixlist takes the four numbers for labels of a name and 7 for an unknown top-level
# domain, so the answer is "2.7", called private, and the same for 10.0.2.7: two servers that
# have nothing in common are one company. For an IPv6 address the answer is none. tldextract sees
# that it is an address.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'publicsuffixlist==1.1.2.20261023' 'tldextract==5.4.0'
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import tldextract
from publicsuffixlist import PublicSuffixList

print("publicsuffixlist", version("publicsuffixlist"), "tldextract", version("tldextract"))
suffixes = PublicSuffixList()
extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
seen = {}
for host in ("www.acme.co.uk", "co.uk", "192.0.2.7", "10.0.2.7", "2001:db8::7"):
    peer = extract(host).top_domain_under_public_suffix or None
    seen[host] = suffixes.privatesuffix(host), peer
    print(host, "-> publicsuffixlist", seen[host][0], "tldextract", peer)
assert seen["www.acme.co.uk"] == ("acme.co.uk", "acme.co.uk"), "a plain host is read otherwise"
assert seen["192.0.2.7"] == ("2.7", None), "an IPv4 address is known now"
assert seen["10.0.2.7"] == ("2.7", None), "an IPv4 address is known now"
assert seen["2001:db8::7"] == (None, None), "an IPv6 address is read otherwise now"
PYTHON
