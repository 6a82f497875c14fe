"""A content security policy as text: browsers ignore what they do not understand, so a mistake protects from nothing.

https://www.w3.org/TR/CSP3/
"""

import re
from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from config.errors import list_allowed, nearest

MAX_CHARACTERS: Final = 1_783
"""https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-policies"""

_SOURCES: Final = (
    *("base-uri", "child-src", "connect-src", "default-src", "fenced-frame-src", "font-src", "form-action"),
    *("frame-ancestors", "frame-src", "img-src", "manifest-src", "media-src", "object-src", "script-src"),
    *("script-src-attr", "script-src-elem", "style-src", "style-src-attr", "style-src-elem", "worker-src"),
)
"""The directives whose values are sources."""
_WITHOUT_VALUE: Final = ("upgrade-insecure-requests",)
_OTHERS: Final = ("report-to", "report-uri", "require-trusted-types-for", "sandbox", "trusted-types", "webrtc")
_DIRECTIVES: Final = tuple(sorted((*_SOURCES, *_WITHOUT_VALUE, *_OTHERS)))
_KEYWORDS: Final = (
    *("none", "self", "report-sample", "strict-dynamic", "unsafe-eval", "unsafe-hashes", "unsafe-inline"),
    *("wasm-unsafe-eval", "inline-speculation-rules"),
)
_HASH_OR_NONCE: Final = re.compile(r"(nonce-|sha256-|sha384-|sha512-)[A-Za-z0-9+/_-]+={0,2}")
_SCHEMES: Final = ("blob", "data", "filesystem", "http", "https", "mediastream", "ws", "wss")


def _content_security_policy(value: str) -> str:
    for problem in _problems(value):
        raise ValueError(problem)
    return value


def _problems(value: str) -> Iterator[str]:
    if len(value) > MAX_CHARACTERS:
        yield f"has {len(value)} characters; CloudFront takes {MAX_CHARACTERS} or fewer"
    if wrong := sorted({c for c in value if not " " <= c <= "~"}):
        yield f"contains {', '.join(map(ascii, wrong))}; a header must have only printable ASCII characters"
    if "," in value:
        yield 'contains a comma, which would start a second policy; separate directives by ";" and sources by spaces'
    seen: set[str] = set()
    for directive in filter(str.strip, value.split(";")):
        name, *values = directive.split()
        if name in seen:
            yield f'has the directive "{name}" twice, and browsers ignore the second; write its sources in one'
        seen.add(name)
        yield from _problems_of_directive(name, values)
    if not seen:
        yield "must have a directive, like \"default-src 'self'\""


def _problems_of_directive(name: str, values: list[str]) -> Iterator[str]:
    if name not in _DIRECTIVES:
        yield f'"{name}" is not a valid directive; {list_allowed(_DIRECTIVES, meant=nearest(name, _DIRECTIVES))}'
    elif name in _WITHOUT_VALUE and values:
        yield f'"{name}" must have no value; remove "{" ".join(values)}"'
    elif name in _SOURCES:
        if not values:
            yield f'"{name}" has no source; write "{name} \'none\'" to allow nothing'
        for source in values:
            yield from _problems_of_source(name, source)
        if "'none'" in values and len(values) > 1:
            yield f"\"{name}\" has 'none' beside other sources, and browsers then ignore 'none'; remove one of them"


def _problems_of_source(name: str, source: str) -> Iterator[str]:
    bare = source.strip("'")
    is_quoted = source == f"'{bare}'"
    is_keyword = bare.lower() in _KEYWORDS or _HASH_OR_NONCE.fullmatch(bare) is not None
    if is_keyword and not is_quoted:
        yield f"\"{name}\": {source} must be in single quotes: '{bare}'; without them it is the name of a host"
    elif "'" in source and not is_keyword:
        allowed = ", ".join(f"'{keyword}'" for keyword in _KEYWORDS)
        yield (
            f'"{name}": {source} is not a valid keyword; allowed: {allowed}, a nonce and a hash. '
            "Hosts and schemes have no quotes"
        )
    elif source in _SCHEMES:
        yield f'"{name}": {source} must end in a colon to be a scheme: {source}:'


ContentSecurityPolicy = Annotated[str, AfterValidator(_content_security_policy), Field(max_length=MAX_CHARACTERS)]
"""The value of the header `content-security-policy`."""
