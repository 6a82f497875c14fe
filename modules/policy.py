"""IAM policy statements as typed values, rendered to JSON at the end of synthesis so that grants can be added late."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from itertools import chain, count
from typing import TYPE_CHECKING, Final, Literal, Protocol

import jsii
from cdktf import IResolveContext, IStringProducer, Lazy

from modules.errors import LimitError, WiringError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs import Construct

_VERSION: Final = "2012-10-17"


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One condition of a statement: `Condition(operator="StringEquals", key="aws:SourceAccount", values=(...,))`."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Principal:
    """The principal of a statement in a resource policy."""

    kind: Literal["AWS", "Service", "Federated", "*"]
    identifiers: tuple[str, ...] = ()

    @staticmethod
    def service(*names: str) -> Principal:
        """AWS services by their service principal (`logs.us-east-1.amazonaws.com`)."""
        return Principal(kind="Service", identifiers=names)

    @staticmethod
    def account(account_id: str) -> Principal:
        """Every principal that IAM policies of the account allow."""
        return Principal(kind="AWS", identifiers=(f"arn:aws:iam::{account_id}:root",))

    @staticmethod
    def identity_provider(arn: str) -> Principal:
        """Every identity of the provider; a condition must restrict it."""
        return Principal(kind="Federated", identifiers=(arn,))

    @staticmethod
    def anyone() -> Principal:
        """Every principal: for `Deny`, or restricted by a condition."""
        return Principal(kind="*")

    def to_json(self) -> object:
        """The value of `Principal` in a policy."""
        return "*" if self.kind == "*" else {self.kind: _one_or_many(self.identifiers)}


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One permission. A statement of a resource policy has a `principal`, one of a role's policy does not."""

    actions: tuple[str, ...]
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    """Only for `Deny`, instead of `resources`: all but these."""
    effect: Literal["Allow", "Deny"] = "Allow"
    principal: Principal | None = None
    conditions: tuple[Condition, ...] = ()
    sid: str = ""

    def merged_with(self, other: Statement) -> Statement | None:
        """One statement that means the same as both; None unless they differ in the resources or in one condition only.

        If both differed, the result would allow the one's condition on the other's resource.
        """
        if replace(self, resources=other.resources) == other:
            return replace(self, resources=_union(self.resources, other.resources))
        if replace(self, conditions=other.conditions) != other or len(self.conditions) != len(other.conditions):
            return None
        pairs = list(zip(self.conditions, other.conditions, strict=True))
        if any((mine.operator, mine.key) != (theirs.operator, theirs.key) for mine, theirs in pairs):
            return None
        different = [index for index, (mine, theirs) in enumerate(pairs) if mine != theirs]
        # A negated operator tests that no value is equal: more values would allow less.
        if len(different) != 1 or "Not" in pairs[different[0]][0].operator:
            return None
        mine, theirs = pairs[different[0]]
        conditions = list(self.conditions)
        conditions[different[0]] = replace(mine, values=_union(mine.values, theirs.values))
        return replace(self, conditions=tuple(conditions))

    def to_json(self) -> dict[str, object]:
        """The statement in IAM's JSON format."""
        document: dict[str, object] = {"Sid": self.sid} if self.sid else {}
        document |= {"Effect": self.effect}
        if self.principal:
            document["Principal"] = self.principal.to_json()
        document["Action"] = _one_or_many(self.actions)
        if self.resources:
            document["Resource"] = _one_or_many(self.resources)
        if self.not_resources:
            document["NotResource"] = _one_or_many(self.not_resources)
        if self.conditions:
            document["Condition"] = _conditions(self.conditions)
        return document


class Grantable(Protocol):
    """An object that can receive permissions: a role, or a construct that owns one."""

    def add_to_policy(self, *statements: Statement) -> None:
        """Add statements to its policy."""


class PolicyDocument:
    """A policy that grows during synthesis; `text` is a token for its final JSON."""

    def __init__(self, owner: Construct, *, limit: int) -> None:
        """Start with no statements.

        Args:
            owner: The construct that the error names if the policy is too long.
            limit: The longest JSON, in characters, that AWS accepts here.
        """
        self._owner = owner
        self._limit = limit
        self._statements: list[Statement] = []

    @staticmethod
    def of(owner: Construct, *statements: Statement, limit: int) -> PolicyDocument:
        """A policy with these statements."""
        document = PolicyDocument(owner, limit=limit)
        document.add(*statements)
        return document

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements so far, in order."""
        return tuple(self._statements)

    def add(self, *statements: Statement) -> None:
        """Add statements; duplicates are ignored, and statements with the same Sid become one if that means the same.

        A role that reads many parameters stays within the limit that way, and a Sid must be unique in its policy:
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html

        Two references to the same attribute are equal only if they are the same token; therefore the `arn` of a
        construct is a cached property.
        """
        for statement in statements:
            if statement not in self._statements:
                self._add(statement)

    def _add(self, statement: Statement) -> None:
        for index, present in enumerate(self._statements):
            if statement.sid and present.sid == statement.sid and (merged := present.merged_with(statement)):
                self._statements[index] = merged
                return
        self._statements.append(statement)

    @property
    def text(self) -> str:
        """A token for the JSON, rendered when the stack is synthesized."""
        return Lazy.string_value(_Rendered(self))

    def render(self) -> str:
        """The JSON of the statements so far.

        Raises:
            WiringError: It is empty.
            LimitError: It is longer than AWS accepts.
        """
        if not self._statements:
            raise WiringError(self._owner, "its policy has no statements; add one, or do not create the policy")
        text = render_statements(*self._statements)
        if len(text) > self._limit:
            message = f"its policy has {len(text)} characters; it must have {self._limit} or fewer"
            raise LimitError(self._owner, message)
        return text


def render_statements(*statements: Statement) -> str:
    """A complete policy as JSON.

    A Sid that several statements have is numbered from the second one on, since it must be unique in a policy:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
    """
    document = {"Version": _VERSION, "Statement": [statement.to_json() for statement in _with_unique_sids(statements)]}
    return json.dumps(document, separators=(",", ":"))


def _with_unique_sids(statements: Sequence[Statement]) -> Iterator[Statement]:
    taken: set[str] = set()
    for statement in statements:
        numbered = (f"{statement.sid}{number}" for number in count(2))
        sid = next(name for name in chain([statement.sid], numbered) if not name or name not in taken)
        taken.add(sid)
        yield replace(statement, sid=sid)


@jsii.implements(IStringProducer)
class _Rendered:
    def __init__(self, document: PolicyDocument) -> None:
        self._document = document

    def produce(self, context: IResolveContext) -> str:  # noqa: ARG002 (the interface passes it)
        return self._document.render()


def _union(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    return (*ours, *(value for value in theirs if value not in ours))


def _one_or_many(values: tuple[str, ...]) -> str | list[str]:
    # AWS returns a single value without its list; written the same way, a second plan has no changes.
    return values[0] if len(values) == 1 else list(values)


def _conditions(conditions: tuple[Condition, ...]) -> Mapping[str, Mapping[str, str | list[str]]]:
    grouped: dict[str, dict[str, str | list[str]]] = {}
    for condition in conditions:
        grouped.setdefault(condition.operator, {})[condition.key] = _one_or_many(condition.values)
    return grouped
