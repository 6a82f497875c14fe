"""The policies of real stacks: silent in another form too, and a statement too many is found in each of them."""

from __future__ import annotations

import copy
import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pytest

from compliance.audit import audit
from compliance.documents import parsed
from compliance.exceptions import load_exceptions
from compliance.normal_form import is_document
from compliance.rules import RULES
from synthesis.manifest import Stack
from tests.compliance.policy_forms import FORMS
from tests.compliance.test_policy_meaning import MEANING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Rewrite = Callable[[dict[str, Any], str], tuple[Any, dict[str, Any]]]

REWRITES: Final = (
    "in reverse",
    "lowercase elements",
    "jsonencode",
    "data source",
)
ELSEWHERE: Final = "999999999999"
ENTRY: Final = {"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}
TOO_MANY: Final[dict[str, dict[str, Any]]] = {
    "a foreign account": {**ENTRY, "Principal": {"AWS": f"arn:aws:iam::{ELSEWHERE}:root"}},
    "everyone, if it exists": {
        **ENTRY,
        "Principal": "*",
        "Condition": {"StringEqualsIfExists": {"aws:PrincipalAccount": "333333333333"}},
    },
    "nearly every bucket": {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::*a*/*"},
    "a way to an administrator": {
        "Effect": "Allow",
        "Action": "iam:CreatePolicyVersion",
        "Resource": "arn:aws:iam::*:policy/x",
    },
}


def rewritten(stacks: dict[str, Stack], write: Rewrite) -> dict[str, Stack]:
    """The stacks with each policy in literal JSON written by a function."""
    return {id_: _rewritten(stack, write) for id_, stack in stacks.items()}


def _rewritten(stack: Stack, write: Rewrite) -> Stack:
    document = copy.deepcopy(dict(stack.document))
    for kind, named in document.get("resource", {}).items():
        for name, arguments in named.items():
            for argument, policy in list(_policies(arguments)):
                value, blocks = write(policy, f"{kind}.{name}")
                unique = f"{kind}_{name}_{argument}".replace("-", "_")
                text = json.dumps([value, blocks])
                for old in ("local.policy", "aws_iam_policy_document.written"):
                    text = text.replace(old, f"{old.rpartition('.')[0]}.{unique}")
                value, blocks = json.loads(text)
                arguments[argument] = value
                for section, declared in blocks.items():
                    if section == "locals":
                        document.setdefault("locals", {})[unique] = next(iter(declared.values()))
                    for inner, one in declared.items() if section == "data" else ():
                        document.setdefault("data", {}).setdefault(inner, {})[unique] = next(iter(one.values()))
    return Stack(id=stack.id, folder=stack.folder, document=document, dependencies=stack.dependencies)


def _policies(arguments: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for argument, text in arguments.items():
        if isinstance(text, str) and parsed(text) and is_document(policy := json.loads(text)):
            yield argument, policy


@pytest.fixture(scope="module")
def prod(every_stack: dict[str, Stack]) -> dict[str, Stack]:
    return {id_: stack for id_, stack in every_stack.items() if stack.environment == "prod"}


@pytest.mark.parametrize("form", REWRITES)
@pytest.mark.seconds(2)
def test_an_equivalent_form_is_silent(prod: dict[str, Stack], form: str) -> None:
    stacks = list(rewritten(prod, lambda policy, _: FORMS[form](policy)).values())
    exceptions = load_exceptions(rules=frozenset(rule.id for rule in RULES))
    found = audit(stacks, rules=RULES, exceptions=exceptions, today=date.min).findings
    assert [one for one in found if one.rule != "exception-is-needed"] == []


@pytest.mark.parametrize("name", TOO_MANY)
def test_a_statement_too_many_is_found_in_each_policy(prod: dict[str, Stack], name: str) -> None:
    touched: list[str] = []

    def add(policy: dict[str, Any], address: str) -> tuple[Any, dict[str, Any]]:
        # An entry belongs into a policy of a resource, a right into one of a role.
        if ("Principal" in TOO_MANY[name]) is not any("Principal" in one for one in policy["Statement"]):
            return json.dumps(policy), {}
        touched.append(address)
        return json.dumps({**policy, "Statement": [*policy["Statement"], TOO_MANY[name]]}), {}

    changed = rewritten(prod, add)
    found = {
        finding.address for stack in changed.values() for rule in MEANING for finding in rule.check(stack, changed)
    }
    missed = {one for one in touched if one not in found and not one.startswith("aws_iam_policy.")}  # boundaries limit
    assert (missed, len(touched) > 20) == (set(), True)
