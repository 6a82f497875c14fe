"""Which variables have a secret: judged by name and value together, because a name alone says too little.

TOKEN_TTL_SECONDS is a number that does not have to be hidden, and CACHE can have a password in its address.
"""

from __future__ import annotations

import json
import re
import shlex
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from console.random_texts import is_random
from console.secret_texts import shapes_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WORDS: Final = re.compile(
    r"PASSWORD|PASSWD|PASSPHRASE|PASSCODE|SECRET(?!AR)|TOKEN(?!I[ZS])|CREDENTIAL|CREDS"
    r"|(API|PRIVATE|ACCESS|SIGNING|ENCRYPTION|MASTER|SHARED|HMAC|AUTH|LICENSE|ACCOUNT)KEY"
)
"""In a name without its separators, so that apiKey, API_KEY and API-KEY are the same."""

_ENDS: Final = re.compile(r"_(PASS|PWD)$")
"""Short forms that mean a password only at the end: DB_PASS, not PASS_THROUGH."""

_BROWSERS: Final = re.compile(r"(NEXT_PUBLIC|NUXT_PUBLIC|EXPO_PUBLIC|REACT_APP|GATSBY|VITE|VUE_APP|PUBLIC)_")
"""Starts by which frameworks know what they send to every browser.

https://nextjs.org/docs/app/guides/environment-variables#bundling-environment-variables-for-the-browser
https://vite.dev/guide/env-and-mode#env-variables
"""

_MEASURES: Final = (
    "LENGTH|LEN|SIZE|BYTES|COUNT|NUMBER|LIMIT|MIN|MAX|TTL|AGE|EXPIRY|EXPIRATION|EXPIRES|EXPIRES_IN|EXPIRES_AT|TIMEOUT"
    "|INTERVAL|LIFETIME|DURATION|VALIDITY|LEEWAY|SKEW|WINDOW|GRACE|GRACE_PERIOD|HISTORY|DAY|HOUR|MINUTE|SECOND"
    "|MILLISECOND|SEC|MS|ROUNDS|ITERATIONS|COST|STRENGTH|COMPLEXITY|SCORE|RETRIES|ATTEMPTS|ATTEMPT|RATE|BURST|LEVEL"
)
_SWITCHES: Final = "ENABLED|ENABLE|DISABLED|DISABLE|REQUIRED|REQUIRE|ALLOWED|FLAG|LOGIN|RESET|ROTATION|AUTHENTICATION"
_KINDS: Final = (
    "ALGORITHM|ALG|TYPE|KIND|MODE|FORMAT|ENCODING|ENCODER|HASHER|POLICY|STRATEGY|PATTERN|REGEX|REGEXP|VERSION|PROVIDER"
    "|STORE|BACKEND|SERVICE|REGION|CLASS|SCOPE|GRANT|METHOD|CHARSET"
)
_PLACES: Final = (
    "ARN|ID|NAME|USERNAME|PATH|FILE|FILENAME|DIR|DIRECTORY|FOLDER|LOCATION|PARAMETER|PARAM|PREFIX|SUFFIX|URL|URI"
    "|ENDPOINT|HOST|HOSTNAME|DOMAIN|PORT|ISSUER|AUDIENCE|HEADER|COOKIE|FIELD|CLAIM|BUCKET|TABLE|TOPIC|QUEUE|LABEL"
    "|SUBJECT|TEMPLATE|PLACEHOLDER|VARIABLE"
)
_ABOUT: Final = re.compile(rf"_(?:{_MEASURES}|{_SWITCHES}|{_KINDS}|{_PLACES})(?:E?S)?$")
"""Ends of names that say something about a secret, or where it is."""

_PUBLIC: Final = re.compile(r"(PUBLIC|SITE|PUBLISHABLE)_?(API_?)?(KEY|TOKEN)S?$")
"""Ends of names of what its issuer gives to everyone, like the public half of a pair of keys."""

_IDENTIFIERS: Final = re.compile(
    r"(^|_)(ARN|E?TAG|UUID|GUID|HASH|SHA|SHA1|SHA256|DIGEST|CHECKSUM|FINGERPRINT|INTEGRITY|COMMIT|REVISION|VERSION"
    r"|RELEASE|BUILD|IMAGE|CERTIFICATE|CERT|CA)S?(_|$)|(^|_)IDS?$"
)
"""Names of what is long and random, and opens nothing."""

_HARMLESS: Final = re.compile(
    r"|true|false|yes|no|on|off|enabled|disabled|none|null"  # also the empty text
    r"|-?[0-9]{1,9}(\.[0-9]+)?\s?(ms|s|m|h|d|w|y|[kmg]i?b|seconds?|minutes?|hours?|days?|weeks?)?"
    r"|p(?=[0-9t])([0-9]+[ymwd])*(t([0-9]+[hms])+)?"
    r"|arn:[\w:/.*-]+"
    r"|https?://[^\s@]+"
    r"|(file://)?(/[\w.-]+){2,}"
    r"|\$\w+|\$\{[^}]*\}|\$\([^)]*\)|<[^>]*>|\{\{[^}]*\}\}|%\(\w+\)s|\*+",
    re.IGNORECASE,
)
"""Values that hide nothing: a switch, a number, a duration (also of ISO 8601), an address, a path, a reference."""

_VALUES: Final = re.compile(r"(PASSWORD|PASSWD|PASSPHRASE|PASSCODE|PASS|PWD|SECRET|TOKEN|KEY)$")
_DIGITS: Final = re.compile(r"[0-9]{4,}")
"""A number that can be a password, after a name that ends in what it is."""
_LONG_DIGITS: Final = re.compile(r"[0-9]{6,}")

_OPTION: Final = re.compile(r"-{0,2}([A-Za-z_][\w.-]*)=(.*)", re.DOTALL)
_FLAG: Final = re.compile(r"--?(?!no-)([A-Za-z][\w.-]*)")
_PASSWORDS: Final = re.compile(r"PASS(WORD|WD|PHRASE|CODE)?$|PWD$")


def is_secret_variable(name: str, value: str | None = None) -> bool:
    """Whether a variable with this name has a secret, and not only something about one.

    Args:
        name: Its name, in any case.
        value: Its value; None if that is not known, or made by Terraform.
    """
    return _is_named_secret(name, value) if value is None else why_secret(name, value) is not None


def why_secret(name: str, value: str) -> str | None:
    """What is wrong with this value in plain text, as the end of a sentence: "contains a private key"; None if nothing.

    Args:
        name: The variable's name, in any case.
        value: Its value. An object of JSON is judged by its own names.
    """
    upper = _upper(name)
    is_public = _BROWSERS.match(upper) is not None
    if shape := next(shapes_in(value, is_public=is_public), None):
        return f"contains {shape}"
    if _is_named_secret(name, value):
        return "looks like a secret"
    if any(why_secret(inner, text) for inner, text in _members(value)):
        return "contains a value that looks like a secret"
    if is_public or _PUBLIC.search(upper) or _IDENTIFIERS.search(upper):
        return None
    return "contains a long random text, which looks like a secret" if is_random(value) else None


def why_secret_words(words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The words of a command that have a secret: their positions from 0, and what is wrong with each.

    A word is judged alone, as `name=value`, as the value after an option like `--password`, and as words of a shell.
    """
    for index, word in enumerate(words):
        if why := _why_secret_word(words[index - 1] if index else "", word):
            yield index, why


def _why_secret_word(before: str, word: str) -> str | None:
    if why := why_secret("", word):
        return why
    pairs = [(before, word)]
    if any(map(str.isspace, word)):
        pairs += pairwise(["", *_shell_words(word)])
    for option, part in pairs:
        match = _OPTION.fullmatch(part)
        if match and _is_named_secret(match[1], match[2]):
            return f"looks like a secret, the value of {match[1]}"
        flag = _FLAG.fullmatch(option)
        if flag and not part.startswith("-") and _VALUES.search(_upper(flag[1])) and _is_named_secret(flag[1], part):
            return f"looks like a secret, the value of {flag[1]}"
    return None


def _shell_words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # a quote without its end, or no shell at all
        return text.split()


def _is_named_secret(name: str, value: str | None) -> bool:
    upper = _upper(name)
    if not (_WORDS.search(upper.replace("_", "")) or _ENDS.search(upper)):
        return False
    if _BROWSERS.match(upper) or _PUBLIC.search(upper):
        return False
    if value is not None and _HARMLESS.fullmatch(text := value.strip()):
        digits = _DIGITS if _PASSWORDS.search(upper) else _LONG_DIGITS
        return _VALUES.search(upper) is not None and digits.fullmatch(text) is not None
    if _ABOUT.search(upper):
        return value is not None and not _IDENTIFIERS.search(upper) and is_random(value)
    return True


def _upper(name: str) -> str:
    """The name in uppercase letters, with _ between its words: apiKey, api.key and API-KEY are the same."""
    return re.sub(r"[^A-Z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper())


def _members(value: str) -> Iterator[tuple[str, str]]:
    """The texts and numbers in an object or list of JSON, with the name that each has."""
    if value.lstrip()[:1] not in {"{", "["}:
        return
    try:
        document = json.loads(value)
    except (ValueError, RecursionError):
        return
    open_: list[tuple[str, object]] = [("", document)]
    while open_:
        name, one = open_.pop()
        if isinstance(one, dict):
            open_ += one.items()
        elif isinstance(one, list):
            open_ += ((name, item) for item in one)
        elif isinstance(one, str | int | float) and not isinstance(one, bool):
            yield name, str(one)
