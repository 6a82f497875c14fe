"""Rights to decrypt: each is for one service, and no wider than the right to read beside it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from compliance.policies import Kind, allows_action, many, statements
from compliance.rule import Finding, rule_with_others

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from compliance.policies import Statement
    from synthesis.manifest import Stack

_USES_OF_A_KEY: Final = (
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
_VIA: Final = "kms:viaservice"
_CONTEXT: Final = "kms:encryptioncontext:"
# Each key of a context with a value decides which data can be decrypted. Where the caller of KMS is not a service on
# behalf of the role but the role itself, there is no kms:ViaService. The pages are beside KeyUse in modules/key.py.
_WITHOUT_SERVICE: Final = frozenset(
    f"{_CONTEXT}{name}" for name in ("aws:lambda:functionarn", "aws:scheduler:schedule:arn", "aws:ssm:targetid")
)
# The service, the key of its context, and the actions that read or write what is encrypted:
# https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
_READS: Final = (
    (
        "ssm",
        "PARAMETER_ARN",
        tuple(f"ssm:{name}" for name in ("GetParameter", "GetParameters", "GetParametersByPath", "PutParameter")),
    ),
    ("secretsmanager", "SecretARN", ("secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue")),
)
_POSITIVE: Final = frozenset({"stringequals", "stringlike", "arnequals", "arnlike"})


@rule_with_others
def key_use_names_its_service(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A role uses a key only through named services (kms:ViaService), or for the context of one resource."""
    for resource, statement in statements(stack, Kind.PERMISSIONS, stacks=stacks):
        if not _uses_key(statement):
            continue
        tests = _tests(statement)
        services = tests.get(_VIA, [])
        if services and all(service.count(".") > 1 and "*" not in service for service in services):
            continue
        if not any(_is_exact(tests.get(key, [])) for key in _WITHOUT_SERVICE):
            actions = ", ".join(many(statement.get("Action")))
            yield Finding.about(
                resource, f"allows {actions} without kms:ViaService; name the service, like ssm.us-east-1.amazonaws.com"
            )


@rule_with_others
def decrypt_is_no_wider_than_read(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """What a role may decrypt through Parameter Store or Secrets Manager is exactly what its policy lets it read."""
    found = [(resource, statement) for resource, statement in statements(stack, Kind.PERMISSIONS, stacks=stacks)]
    for _, pairs in groupby(found, key=lambda pair: pair[0].address):
        resources, policy = zip(*pairs, strict=True)
        for service, name, actions in _READS:
            for problem in _width(policy, service, name, actions):
                yield Finding.about(resources[0], problem)


def _width(policy: Sequence[Statement], service: str, name: str, actions: Sequence[str]) -> Iterator[str]:
    readable = {
        resource
        for statement in policy
        if any(allows_action(statement, action) for action in actions)
        for resource in many(statement.get("Resource"))
    }
    decryptable: set[str] = set()
    through = [statement for statement in policy if _uses_key(statement) and _is_through(statement, service)]
    for statement in through:
        values = _tests(statement).get(f"{_CONTEXT}{name.lower()}", [])
        if not _is_exact(values):
            uses = ", ".join(many(statement.get("Action")))
            yield f"allows {uses} through {service} without kms:EncryptionContext:{name}, so for all that it stores"
            return
        decryptable |= set(values)
    # A role that reads by a managed policy has no statement that names what it reads.
    if through and readable and decryptable != readable:
        different = ", ".join(sorted(decryptable ^ readable))
        yield f"kms:EncryptionContext:{name} and the resources of {service} differ in {different}: name the same"


def _uses_key(statement: Statement) -> bool:
    return any(allows_action(statement, action) for action in _USES_OF_A_KEY)


def _is_through(statement: Statement, service: str) -> bool:
    return any(value.partition(".")[0] == service for value in _tests(statement).get(_VIA, []))


def _is_exact(values: Sequence[str]) -> bool:
    return bool(values) and not any(value in {"*", ""} for value in values)


def _tests(statement: Statement) -> dict[str, list[str]]:
    """Values by condition key, of the operators that need one of the values."""
    return {
        key.lower(): many(values)
        for operator, tests in (statement.get("Condition") or {}).items()
        if operator.rpartition(":")[2].lower() in _POSITIVE and not operator.lower().startswith("forallvalues")
        for key, values in tests.items()
    }
