"""One key for all spellings of an article's address. It names the article and is never fetched: the article keeps its raw URL.

Two texts that share a key are taken for one article, so only what can't tell articles apart is dropped: a missed duplicate is
seen twice, a false one would hide news. (Hence no general cleaner: courlan 1.4 drops `?cid=5`, `?gallery=7` and `?12345`, and
cuts an address that holds another one, so that different articles get one key.)
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

_MAX_ROUNDS = 8
"""Rounds until a key no longer changes; addresses seen in practice need two."""

_BIDI_MARKS = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
"""Invisible marks that come along when an address is copied out of Arabic or Hebrew text."""
_ENCODED_BIDI_MARKS = re.compile(r"%D8%9C|%E2%80%(?:8E|8F|A[A-E])|%E2%81%A[6-9]|%EF%BB%BF", re.IGNORECASE)

# Names that serve nothing but tracking. Not cid, eid, uid, ref or source, by which news systems also number their articles.
_TRACKING = re.compile(
    r"utm_.+|mtm_.+|pk_.+|mc_[ce]id|oly_.+|vero_.+|hsa_.+|_hs(?:enc|mi)|at_(?:medium|campaign|custom\d|link.*|format|ptr.*)"
    r"|(?:fb|g|gb|dc|y|ys|tw|ttc|msclk|igsh|wbra|gbra|yclid|li_fat_)(?:c?lid|id)|fbclid|msclkid|igshid|igsh|xtor|ocid|cmpid|ns_.+|_ga|_gl"
    r"|ref_src|ref_url|spm|smid|guccounter|guce_.+|__twitter_impression|traffic_source",
    re.IGNORECASE,
)
_AMP_PARAMETER = re.compile(r"amp(?:=(?:1|true|amp)?)?|outputType=amp|_?amp_(?:js_v|gsa)=.*", re.IGNORECASE)
_AMP_PATH = re.compile(r"^/amp(?=/.)|/amp/*$|\.amp(?=\.html?$|$)", re.IGNORECASE)
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;?]*", re.IGNORECASE)
_SLASHES = re.compile(r"/{2,}")
_NOT_IN_HOST = re.compile(r"[\x00-\x20\x7f<>\"{}|\\^`%]")
_DEFAULT_PORTS = {"http": 80, "https": 443}


class BadUrl(ValueError):
    """The text is no absolute http or https address; the message says why."""


def url_key(url: str) -> str:
    """The canonical form of an absolute http(s) address, which names the article. Applied to a key it gives the same key.

    Raises `BadUrl`.
    """
    key = _round(url)
    for _ in range(_MAX_ROUNDS):
        again = _round(key)
        if again == key:
            return key
        key = again
    raise BadUrl("the address is nested too deeply in itself")


def _round(url: str) -> str:
    parts = _split(url.translate(_BIDI_MARKS).strip().replace("&amp;", "&"))
    path = _SESSION.sub("", _SLASHES.sub("/", parts.path))
    plain = urlunsplit((parts.scheme, _host(parts), path, _query(parts.query), ""))
    try:
        canonical = urlsplit(canonicalize_url(plain))
    except ValueError as error:  # among them a label that IDNA refuses
        raise BadUrl(f"the address can't be read ({error})") from error
    # A page that is built in the browser (`#!/news/5`, `#/news/5`) is addressed by its fragment.
    fragment = parts.fragment if parts.fragment.startswith(("!/", "/")) else ""
    return urlunsplit(("https", _host(canonical), _path(canonical.path), canonical.query, quote(fragment, safe="!/%=&?:;,-._~")))


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadUrl(f"the address can't be read ({error})") from error
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise BadUrl("not an absolute address that begins with http:// or https://")
    if port == 0 or _NOT_IN_HOST.search(parts.netloc.rpartition("@")[2]):
        raise BadUrl("the host name holds a character that no host name has")
    return parts


def _host(parts: SplitResult) -> str:
    """Host and unusual port, without user, `www.` and `amp.`, which serve the same articles."""
    host = (parts.hostname or "").rstrip(".")
    while host.startswith(("www.", "amp.")) and host.count(".") > 1:
        host = host[4:]
    if ":" in host:
        host = f"[{host}]"
    return host if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f"{host}:{parts.port}"


def _path(path: str) -> str:
    path = _ENCODED_BIDI_MARKS.sub("", path)
    path = _AMP_PATH.sub("", path)
    return path.rstrip("/") or "/"


def _query(query: str) -> str:
    kept = [part for part in _ENCODED_BIDI_MARKS.sub("", query).split("&") if part and not _says_nothing(part)]
    return "&".join(kept)


def _says_nothing(parameter: str) -> bool:
    name = unquote(parameter.partition("=")[0])
    return _TRACKING.fullmatch(name) is not None or _AMP_PARAMETER.fullmatch(parameter) is not None
