"""What the conditions of a statement demand of a call, by operator and value: a key alone restricts nothing.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import collapse_addresses, ip_network
from typing import TYPE_CHECKING, Final

from compliance.accounts import Whose
from compliance.statement_parts import many

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from compliance.accounts import Accounts
    from compliance.normal_form import Statement

_ACCOUNTS: Final = frozenset(
    {
        "aws:principalaccount",
        "aws:resourceaccount",
        "aws:sourceaccount",
        "aws:sourceowner",
        "kms:calleraccount",
        "s3:dataaccesspointaccount",
        "s3:resourceaccount",
    }
)
_ARNS: Final = frozenset(
    {"aws:principalarn", "aws:sourcearn", "elasticfilesystem:accesspointarn", "s3:dataaccesspointarn"}
)
_NETWORKS: Final = {"aws:sourcevpc": re.compile(r"vpc-[0-9a-f]+"), "aws:sourcevpce": re.compile(r"vpce-[0-9a-f]+")}
ORGANIZATIONS: Final = frozenset(
    {"aws:principalorgid", "aws:principalorgpaths", "aws:resourceorgid", "aws:sourceorgid", "aws:sourceorgpaths"}
)
"""Keys whose value is an organization: all its accounts, also those that join it later."""
_CONTEXT: Final = "kms:encryptioncontext:"
RESTRICTING: Final = _ACCOUNTS | _ARNS | _NETWORKS.keys() | ORGANIZATIONS
"""Keys by which a statement can say whom it lets in."""
ADDRESSES: Final = frozenset({"aws:sourceip", "aws:vpcsourceip"})
_OF_CALLS: Final = (
    "aws:calledvia",
    "aws:currenttime",
    "aws:epochtime",
    "aws:multifactorauth",
    "aws:principal",
    "aws:referer",
    "aws:requestedregion",
    "aws:securetransport",
    "aws:source",
    "aws:tokenissuetime",
    "aws:useragent",
    "aws:userid",
    "aws:username",
    "aws:viaawsservice",
    "aws:vpcsourceip",
    "iam:",
    "sts:",
)
"""The beginnings of keys that say nothing about the resource."""
_WIDEST_V4, _WIDEST_V6 = 8, 16
"""Prefixes with fewer bits are of many owners: https://www.iana.org/assignments/ipv4-address-space"""
_ALWAYS: Final = re.compile(r"[*?]*")
_ANY_ARN: Final = re.compile(r"arn:(aws[a-z-]*|[*?]+)(:[*?]*)*")
_TIMES: Final = frozenset({"aws:currenttime", "aws:epochtime"})
_OF_EVERY_CALL: Final = frozenset({"aws:securetransport", "aws:viaawsservice"})
"""Keys whose value anybody can choose."""
_BOTH: Final = frozenset({"false", "true"})


@dataclass(frozen=True, kw_only=True)
class Test:
    """One key of a condition with its operator."""

    operator: str
    """As IAM writes it, with quantifier and ending: `ForAnyValue:StringLikeIfExists`."""
    key: str
    """In lowercase letters, as IAM compares them."""
    values: tuple[str, ...]

    @property
    def base(self) -> str:
        """The operator without quantifier and ending: `StringLike`."""
        return self.operator.rpartition(":")[2].removesuffix("IfExists")

    @property
    def is_negated(self) -> bool:
        """Whether the values are those that a call must not have."""
        return "Not" in self.base

    @property
    def is_demanded(self) -> bool:
        """Whether a call must have the key, with one of the values: neither a missing key nor another value passes."""
        passes_without = self.operator.startswith("ForAllValues:") or self.operator.endswith("IfExists")
        return not (self.is_negated or passes_without or self.base == "Null")

    @property
    def is_literal(self) -> bool:
        """Whether `*` in a value is only a character."""
        return self.base.startswith(("StringEquals", "StringNotEquals"))


def tests(statement: Statement) -> Iterator[Test]:
    """The tests of a statement, all of which a call must pass."""
    for operator, keys in (statement.get("Condition") or {}).items():
        for key, values in keys.items():
            yield Test(operator=operator, key=key.lower(), values=tuple(many(values)))


def demanded(statement: Statement) -> list[Test]:
    """The tests that a call passes only with the key and one of the values.

    `IfExists` and `ForAllValues` demand nothing, unless `Null` demands the key besides.
    """
    found = list(tests(statement))
    present = {one.key for one in found if one.base == "Null" and {"false"} == {each.lower() for each in one.values}}
    return [
        one for one in found if one.is_demanded or (one.key in present and not one.is_negated and one.base != "Null")
    ]


def is_bounded(statement: Statement, accounts: Accounts) -> bool:
    """Whether a statement lets in only what a named account, organization, network or resource sends."""
    return any(restricts(test, accounts) for test in demanded(statement))


def restricts(test: Test, accounts: Accounts) -> bool:
    """Whether each value of a demanded test is one account, organization, network or resource."""
    return bool(test.values) and all(_is_named(test, value, accounts) for value in test.values)


def is_bounded_for_service(statement: Statement, accounts: Accounts) -> bool:
    """Whether a service may act only for a named account or resource, or on data of one (an encryption context)."""
    return any(
        restricts(test, accounts) or (test.key.startswith(_CONTEXT) and _names_context(test, accounts))
        for test in demanded(statement)
    )


def is_narrowed(statement: Statement) -> bool:
    """Whether a statement is about fewer calls for its conditions: one of them is demanded, and does not hold for any.

    What excepts a few values, what passes without its key, any value, nearly all addresses, and a time or TLS, which
    every caller can choose, narrow nothing.
    """
    return any(_keeps_out(test) for test in demanded(statement))


def is_for_known_callers(statement: Statement, accounts: Accounts) -> bool:
    """Whether a statement lets in only what named accounts, organizations, networks, resources or addresses send."""
    return is_bounded(statement, accounts) or any(
        test.key in ADDRESSES and test.base == "IpAddress" and _keeps_out(test) for test in demanded(statement)
    )


def _keeps_out(test: Test) -> bool:
    if test.key in _TIMES | _OF_EVERY_CALL:
        return False
    if test.base == "IpAddress":
        return not covers_the_world(test.values)
    if test.base == "Bool":
        return not {value.lower() for value in test.values} >= _BOTH
    if test.is_literal:
        return True
    return not any(_ALWAYS.fullmatch(value) or _ANY_ARN.fullmatch(value) for value in test.values)


def narrows_resource(statement: Statement) -> bool:
    """Whether a condition says which resources a statement is about, like a tag or an alias of a key."""
    return any(
        test.values
        and not test.key.startswith(_OF_CALLS)
        and not any(_ALWAYS.fullmatch(value) for value in test.values)
        and (test.base != "Bool" or test.key.startswith("kms:"))
        for test in demanded(statement)
    )


def covers_the_world(values: Iterable[str]) -> bool:
    """Whether addresses, taken together, let everyone in; the two halves of all addresses are all addresses."""
    networks = []
    for value in values:
        try:
            networks.append(ip_network(value, strict=False))
        except ValueError:
            continue  # a reference, or not an address: IAM refuses the latter
    for version, widest in ((4, _WIDEST_V4), (6, _WIDEST_V6)):
        together = collapse_addresses(one for one in networks if one.version == version)  # type: ignore[type-var]
        if any(one.prefixlen < widest for one in together):
            return True
    return False


def _is_named(test: Test, value: str, accounts: Accounts) -> bool:
    if test.key in _ACCOUNTS:
        return "*" not in value and "?" not in value and accounts.whose(value) in {Whose.OWN, Whose.OTHER}
    if test.key in _ARNS:
        return _is_named_arn(value, accounts)
    if test.key in _NETWORKS:
        masked = accounts.masked(value)
        return masked == "\x01" or bool(_NETWORKS[test.key].fullmatch(value))
    if test.key in ORGANIZATIONS:
        masked = accounts.masked(value)
        return bool(re.match(r"o-[a-z0-9]{10,32}(/|$)", value)) or masked[:1] in {"\x00", "\x01"}
    return False


def _is_named_arn(value: str, accounts: Accounts) -> bool:
    whose = accounts.whose(value)
    if whose is Whose.NONE:  # a bucket's ARN has no account: only a whole name is one bucket
        name = value.split(":", maxsplit=5)[-1]
        return bool(name) and not set("*?") & set(name.partition("/")[0])
    return whose in {Whose.OWN, Whose.OTHER} and not _ALWAYS.fullmatch(value)


def _names_context(test: Test, accounts: Accounts) -> bool:
    return bool(test.values) and all(
        _is_named_arn(value, accounts) if value.startswith("arn:") else not set("*?") & set(value)
        for value in test.values
    )
