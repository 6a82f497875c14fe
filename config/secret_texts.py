"""What looks like a secret: the one list of it, for settings and for the rules on what was synthesized.

A value is judged by its shape. A variable is judged by its name and its value together, because a name alone says too
little: TOKEN_TTL_SECONDS is a number that nobody must hide.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

SHAPES: Final[Mapping[str, re.Pattern[str]]] = {
    "an AWS access key": re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a GitHub token": re.compile(r"\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})\b"),
    "a GitLab token": re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}"),
    "an npm token": re.compile(r"\bnpm_[A-Za-z0-9]{36}\b"),
    "a Slack token": re.compile(r"\bxox[abpr]-[0-9A-Za-z-]{10,}"),
    "a Stripe key": re.compile(r"\b[sr]k_(live|test)_[0-9A-Za-z]{16,}"),
    "a SendGrid key": re.compile(r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b"),
    "a password in clear text": re.compile(
        r"(?i:(?<![a-z])[a-z_-]*(?:password|passwd|secret_?access_?key|secret_?key|api_?key|auth_?token)"
        r"[\"']?\s*[=:]\s*[\"']?)(?=[^\s\"']*[0-9])(?![\"'$<{(%/*]|arn:)[^\s\"'$<{(;,&|]{8,}"
    ),
    "a database address with a password": re.compile(r"\b[a-z+]+://[^\s/:@$]+:[^\s/@$]+@"),
}
"""What a text contains that is a secret wherever it stands.

The issuers document these forms, for example:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github
https://docs.stripe.com/keys
"""

_WORDS: Final = re.compile(
    r"PASSWORD|PASSWD|PASSPHRASE|SECRET(?!AR)|TOKEN(?!I[ZS])|CREDENTIAL|(API|PRIVATE|ACCESS|SIGNING|ENCRYPTION)KEY"
)
"""In a name without its separators, so that apiKey, API_KEY and API-KEY are the same."""

_ENDS: Final = re.compile(r"[._-](PASS|PWD)$")
"""Short forms that mean a password only at the end: DB_PASS, not PASS_THROUGH."""

_BROWSERS: Final = re.compile(r"(NEXT_PUBLIC|NUXT_PUBLIC|EXPO_PUBLIC|REACT_APP|GATSBY|VITE|VUE_APP|PUBLIC)_")
"""Starts by which frameworks know what they send to every browser.

https://nextjs.org/docs/app/guides/environment-variables#bundling-environment-variables-for-the-browser
https://vite.dev/guide/env-and-mode#env-variables
"""

_ABOUT: Final = re.compile(
    r"[._-](ARN|ID|NAME|PATH|FILE|DIR|FOLDER|PARAMETER|PREFIX|SUFFIX|URL|URI|ENDPOINT|HOST|PORT|ISSUER|AUDIENCE|HEADER"
    r"|COOKIE|FIELD|CLAIM|LENGTH|SIZE|COUNT|LIMIT|MIN|MAX|TTL|AGE|EXPIRY|EXPIRATION|EXPIRES|EXPIRES_IN|TIMEOUT|INTERVAL"
    r"|LIFETIME|DURATION|DAYS|HOURS|MINUTES|SECONDS|MILLISECONDS|MS|ENABLED|DISABLED|REQUIRED|ALGORITHM|ALG|TYPE|KIND"
    r"|MODE|FORMAT|ENCODING|POLICY|STRATEGY|PATTERN|REGEX|VERSION|ROUNDS|PROVIDER|STORE|SERVICE|REGION)S?$"
)
"""Ends of names that say something about a secret, or where it is."""

_HARMLESS: Final = re.compile(
    r"|true|false|yes|no|on|off|enabled|disabled|none|null"  # also the empty text
    r"|-?[0-9]{1,9}(\.[0-9]+)?\s?(ms|s|m|h|d|w|y|[kmg]i?b|seconds?|minutes?|hours?|days?|weeks?)?"
    r"|p(?=[0-9t])([0-9]+[ymwd])*(t([0-9]+[hms])+)?"
    r"|arn:[\w:/.*-]+"
    r"|https?://[^\s@]+"
    r"|(file://)?(/[\w.-]+){2,}",
    re.IGNORECASE,
)
"""Values that hide nothing: a switch, a number, a duration (also of ISO 8601), an address, a path."""

_SIGNED: Final = re.compile(r"eyJ[\w-]{6,}\.eyJ[\w-]{6,}\.[\w-]{6,}")
"""A token that somebody signed, a JWT: it opens something until it ends, whatever the variable is called."""

_PASSWORD: Final = re.compile(r"(PASSWORD|PASSWD|PASSPHRASE|PASS|PWD)$")
_DIGITS: Final = re.compile(r"[0-9]{4,}")
"""A number that can be a password, after a name that says that it is one."""


def shapes_in(text: str) -> Iterator[str]:
    """What the text contains of `SHAPES`."""
    return (shape for shape, pattern in SHAPES.items() if pattern.search(text))


def is_secret_variable(name: str, value: str | None = None) -> bool:
    """Whether a variable with this name has a secret, and not only something about one.

    Args:
        name: Its name, in any case.
        value: Its value; None if that is not known, or made by Terraform.
    """
    upper = name.upper()
    if value and _SIGNED.search(value) and not _BROWSERS.match(upper):
        return True
    if not (_WORDS.search(re.sub(r"[._-]", "", upper)) or _ENDS.search(upper)):
        return False
    if _BROWSERS.match(upper) or _ABOUT.search(upper):
        return False
    if value is None or not _HARMLESS.fullmatch(value.strip()):
        return True
    return _PASSWORD.search(upper) is not None and _DIGITS.fullmatch(value.strip()) is not None
