"""No account of others is let in, or gets data, wherever its name stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from compliance.accounts import Accounts, Whose, accounts_in
from compliance.conditions import ORGANIZATIONS, demanded, restricts, tests
from compliance.policies import every_statement, is_allow, many, parsed, principals
from compliance.rule import Finding, rule_with_others

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.policies import Statement
    from synthesis.manifest import Stack

_TEXTS: Final = frozenset({"comment", "description", "tags", "tags_all"})
"""Arguments that are text for people."""
_DIGITS: Final = range(10**11, 10**12)
_UNIQUE_ID: Final = re.compile(r"A[A-Z]{2}A[A-Z0-9]{12,}(:.*)?")
"""It hides whose it is: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids"""
_WHO: Final = ("AWS", "Federated")


@rule_with_others
def policy_names_no_foreign_account(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """No policy lets in an account that is not the environment's own, nor a whole organization."""
    accounts = Accounts(stack, stacks)
    for resource, statement in every_statement(stack, stacks):
        for account in dict.fromkeys(_foreign(statement, accounts)):
            yield Finding.about(resource, f"names {account}, which {_is_foreign(accounts)}")
        if is_allow(statement):
            for test in demanded(statement):
                if test.key in ORGANIZATIONS and not _has_narrower(statement, accounts):
                    yield Finding.about(resource, f"allows a whole organization ({test.key}); name the accounts")


@rule_with_others
def argument_names_no_foreign_account(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """No argument names an account that is none of the environments': what it shares, sends or runs is not ours."""
    accounts = Accounts(stack, stacks)
    for resource in stack.all():
        found = (
            (path, account)
            for path, text in _texts(dict(resource.arguments), "")
            for account in accounts_in(text)
            if account not in accounts.accepted
        )
        for path, account in dict.fromkeys(found):
            yield Finding.about(resource, f"{path} names the account {account}, which {_is_foreign(accounts)}")


def _foreign(statement: Statement, accounts: Accounts) -> Iterator[str]:
    """The accounts of others that a statement lets in, exempts from a denial, or lets a role act in."""
    yield from (accounts.name(text) for text in _named(statement) if _is_other(text, accounts))
    if is_allow(statement):
        yield from (f"the canonical user {one}" for one in _canonical(statement))
        yield from (f"the unique id {one}" for one in principals(statement, "AWS") if _UNIQUE_ID.fullmatch(one))


def _named(statement: Statement) -> Iterator[str]:
    """What in a statement can name an account that gets something by it."""
    allows = is_allow(statement)
    if allows:
        yield from (one for kind in _WHO for one in principals(statement, kind))
        yield from many(statement.get("Resource"))
    elif isinstance(excluded := statement.get("NotPrincipal"), dict):
        yield from many(excluded.get("AWS"))
    for test in tests(statement):
        if test.is_negated is not allows:
            yield from (one for one in test.values if re.fullmatch(r"\d{12}", one) or one.startswith("arn:"))


def _canonical(statement: Statement) -> list[str]:
    if statement.get("Principal") == "*":
        return []
    return [one for one in principals(statement, "CanonicalUser") if "${" not in one]


def _is_other(text: str, accounts: Accounts) -> bool:
    return accounts.whose(text) is Whose.OTHER and accounts.name(text) not in accounts.accepted


def _has_narrower(statement: Statement, accounts: Accounts) -> bool:
    """Whether an account, a network or a named principal is demanded besides the organization."""
    others = [one for one in demanded(statement) if one.key not in ORGANIZATIONS and restricts(one, accounts)]
    return bool(others) or any(accounts.whose(one) is Whose.OWN for kind in _WHO for one in principals(statement, kind))


def _is_foreign(accounts: Accounts) -> str:
    if accounts.own:
        return f"is not an account of the environment ({', '.join(sorted(accounts.own))})"
    return "may be foreign: no provider says which account is its own (allowed_account_ids)"


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - JSON is of any type
    """The texts of an argument with where they are, without policies, and what is only for people."""
    if isinstance(value, str):
        if parsed(value) is None:
            yield path, value
    elif isinstance(value, int) and value in _DIGITS:
        yield path, str(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in _TEXTS:
                yield from _texts(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, path)
