"""What the machine says of the way to a server: certificates and proxies, checked before use.

A mistake in it would look like a server that is down, and "run again later" would never end.
"""

import os
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from enrichctl import urls
from enrichctl.errors import UsageError
from enrichctl.patterns import pattern

CONFIGURED = "ca_bundle in the configuration"
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")  # the first that is set counts
PROXY_SCHEMES = ("http", "https", "socks5", "socks5h", "socks4", "socks4a")
_HASHED = pattern(r"[0-9a-f]{8}\.\d+")  # how a certificate is named in a folder of them


def certificates(configured: str, base_url: str) -> str:
    """Return the file or folder of certificates to trust; "" for those that come along.

    Args:
        configured: As the configuration has it, "" for nothing.
        base_url: Of the server: the environment counts for what is encrypted only.

    Raises:
        UsageError: It holds none.
    """
    setting, path = CONFIGURED, configured
    if not path and not base_url.lower().startswith("http://"):
        setting = next(filter(os.environ.get, BUNDLES), "")
        path = os.environ.get(setting, "")
    if path and (wrong := _trouble_with(path)):
        raise UsageError(
            f"{setting} names {path}, which {wrong}",
            next=f"correct or remove {setting}: it takes a file in PEM, or a folder of them as"
            " `openssl rehash` makes it",
        )
    return path


def advice(configured: str) -> str:
    """Return what to do where a certificate is not trusted.

    Args:
        configured: The certificates that the configuration names, "" for none.
    """
    setting = CONFIGURED if configured else next(filter(os.environ.get, BUNDLES), "")
    if setting:
        return f"check the clock, and that {setting} holds the authority of that certificate"
    return (
        "check the clock; where a proxy of your network stands between, name its certificate:"
        f" {CONFIGURED}, or {BUNDLES[-1]}"
    )


@cache
def _trouble_with(path: str) -> str:
    """Say why a path gives no certificates; "" when it does."""
    import ssl  # noqa: PLC0415 - loads OpenSSL

    try:
        if os.path.isdir(path):  # noqa: PTH112 - the empty path is no folder
            held = any(map(_HASHED.fullmatch, os.listdir(path)))  # noqa: PTH208 - names are enough
            return "" if held else "is a folder without certificates"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(Path(path))
    except ssl.SSLError:
        return "holds no certificate in PEM"
    except (OSError, ValueError) as error:
        return f"cannot be read: {getattr(error, 'strerror', '') or type(error).__name__}"
    return "" if context.get_ca_certs() else "holds no certificate authority"


def checked(proxies: Mapping[str, str], base_url: str) -> Mapping[str, str]:
    """Return the environment's proxies, of which the one for a server can be used.

    Raises:
        UsageError: It cannot; its URL, which may hold a password, is not quoted.
    """
    scheme = base_url.partition("://")[0].lower() or "https"
    key = next((key for key in (scheme, "all") if proxies.get(key)), "")
    if not key:
        return proxies
    proxy = proxies[key]
    url = proxy if "://" in proxy else f"http://{proxy}"
    if wrong := urls.trouble(url, schemes=PROXY_SCHEMES, login=True):
        raise UsageError(f"the proxy in {_variable(key)} {wrong}", next=f"correct {_variable(key)}")
    if url.lower().startswith("socks") and find_spec("socks") is None:
        raise UsageError(
            f"the proxy in {_variable(key)} speaks SOCKS, for which PySocks is not installed",
            next="pip install pysocks, or name a proxy that speaks HTTP",
        )
    return proxies


def _variable(key: str) -> str:
    """Return the name of the environment variable of a proxy, as Python looks for it."""
    name = f"{key}_proxy"
    return name if os.environ.get(name) else name.upper()
