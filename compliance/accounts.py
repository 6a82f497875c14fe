"""Whose account an ARN, a principal or a condition names: the environment's own, another one, or anyone's."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from compliance.references import of_same_environment
from synthesis.template import references

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from synthesis.manifest import Stack

_TOKEN: Final = re.compile(r"\$\{(?:[^{}]|\{[^{}]*\})*\}")
_VARIABLE: Final = re.compile(r"\$\$\{\s*(?P<name>[\w:/.-]+)[^{}]*\}")
"""A variable of IAM in Terraform JSON, which is replaced in each request."""
_SAME_AS_RESOURCE: Final = frozenset({"aws:resourceaccount", "s3:resourceaccount"})
"""Variables that are the account of what the policy is about."""
_ACCOUNT: Final = re.compile(r"\d{12}")
_WILD: Final = frozenset("*?")
_ARN_PARTS: Final = 6
_ACCOUNT_PART: Final = 4
_MASK, _OWN_MASK = "\x00", "\x01"
_LOOKUP: Final = re.compile(r"\bdata\.(?P<kind>[a-z0-9_]+)\.(?P<name>[\w-]+)")
_OF_OTHERS: Final = ("aws_billing_", "aws_cloudtrail_service_account", "aws_elb_service_account", "aws_organizations_")
"""Data sources whose accounts are not the environment's own: those of AWS itself, and of an organization."""
_DEEPEST: Final = 8


class Whose(Enum):
    """Whose account a text names."""

    OWN = "of the environment"
    OTHER = "of another account"
    ANYONE = "of any account"
    UNKNOWN = "not known before a plan"
    NONE = "without an account"


class Accounts:
    """The accounts of an environment, which its providers may change (`allowed_account_ids`).

    Without a stack, as for the values of a plan, none is its own, and no reference is to something of it.
    """

    def __init__(self, stack: Stack | None = None, stacks: Mapping[str, Stack] | None = None) -> None:
        self._stack, self._stacks = stack, stacks or {}
        self.own = _accounts([*of_same_environment(stack, self._stacks), stack]) if stack else frozenset[str]()
        self.accepted = self.own | (stack.partner_accounts if stack else frozenset[str]())
        """Also those of others that the stack deals with on purpose, by its metadata."""

    def whose(self, text: str) -> Whose:
        """Whose account a text names: an ARN, twelve digits, `*`, or a reference."""
        masked = self.masked(text)
        if not masked.startswith("arn:"):
            return self._whose(masked)
        parts = masked.split(":", maxsplit=_ARN_PARTS - 1)
        if len(parts) <= _ACCOUNT_PART:
            return Whose.ANYONE if _WILD & set(masked) else Whose.UNKNOWN
        account = parts[_ACCOUNT_PART]
        return Whose.NONE if account in {"", "aws"} else self._whose(account)

    def name(self, text: str) -> str:
        """The account in a text, as a report names it."""
        found = _ACCOUNT.search(text.split(":")[_ACCOUNT_PART] if text.startswith("arn:") else text)
        return found[0] if found else text

    def masked(self, text: str) -> str:
        r"""The text with one character for each reference: `\\1` if it is to something of these stacks, else `\\0`."""
        for variable in list(_VARIABLE.finditer(text)):
            own = variable["name"].lower() in _SAME_AS_RESOURCE
            text = text.replace(variable[0], _OWN_MASK if own else _MASK)
        return _TOKEN.sub(lambda token: _OWN_MASK if self._is_own(token[0], self._stack, 0) else _MASK, text)

    def _whose(self, account: str) -> Whose:
        if _WILD & set(account):
            return Whose.ANYONE
        if _ACCOUNT.fullmatch(account):
            return Whose.OWN if account in self.own else Whose.OTHER
        return Whose.OWN if account.startswith(_OWN_MASK) and _MASK not in account else Whose.UNKNOWN

    def _is_own(self, token: str, stack: Stack | None, depth: int) -> bool:
        """Whether a reference is to a resource of these stacks, or to what is looked up in their account."""
        if stack is None or depth > _DEEPEST:
            return False
        looked_up = [found["kind"] for found in _LOOKUP.finditer(token) if found["kind"] != "terraform_remote_state"]
        if looked_up:
            return all(kind.startswith("aws_") and not kind.startswith(_OF_OTHERS) for kind in looked_up)
        found = list(references(token))
        return bool(found) and all(self._leads_to_own(one, stack, depth) for one in found)

    def _leads_to_own(self, reference: re.Match[str], stack: Stack, depth: int) -> bool:
        if address := reference["address"]:
            kind, _, name = address.partition(".")
            return name in stack.document.get("resource", {}).get(kind, {})
        producer = self._stacks.get(stack.producers(self._stacks).get(reference["remote"], ""))
        output = producer.document.get("output", {}).get(reference["output"]) if producer else None
        if producer is None or not isinstance(output, dict):
            return False
        return all(self._is_own_text(text, producer, depth + 1) for text in _strings(output.get("value")))

    def _is_own_text(self, text: str, stack: Stack, depth: int) -> bool:
        if "${" in text:
            return all(self._is_own(token, stack, depth) for token in _TOKEN.findall(text))
        return self.whose(text) is not Whose.OTHER


def accounts_in(text: str) -> Iterator[str]:
    """The accounts that a text names: in ARNs, in addresses of images and queues, or alone."""
    if _ACCOUNT.fullmatch(text):
        yield text
    yield from (found[1] or found[2] or found[3] for found in _IN_TEXT.finditer(text))


_IN_TEXT: Final = re.compile(
    r"\barn:aws[a-z-]*:[\w*-]+:[\w*-]*:(\d{12}):"
    r"|\b(\d{12})\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com"
    r"|\bsqs\.[a-z0-9-]+\.amazonaws\.com/(\d{12})/"
)


def _accounts(stacks: Iterable[Stack]) -> frozenset[str]:
    found = set[str]()
    for stack in stacks:
        for provider in stack.providers:
            allowed = provider.get("allowed_account_ids")
            found |= {str(one) for one in (allowed if isinstance(allowed, list) else [])}
            found |= {account for text in _strings(provider.get("assume_role")) for account in accounts_in(text)}
    return frozenset(found)


def _strings(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON is of any type
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item)
