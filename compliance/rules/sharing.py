"""What is shared with everyone, by arguments that are not policies, and files that are copied to unknown places."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from compliance.graph import Graph, Node
from compliance.references import of_same_environment
from compliance.rule import Finding, rule, rule_with_others
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack

_WHO: Final = re.compile(
    r"(^|_)(accounts?|account_ids?|groups?|grantee\w*|principals?|principal_arns?|shared_accounts|user_ids?)$"
)
"""The ends of the names of arguments that say with whom something is shared."""
_EVERYONE: Final = frozenset({"*", "all"})
_PUBLIC_ACLS: Final = frozenset({"authenticated-read", "public-read", "public-read-write"})
_GROUPS: Final = re.compile(r"acs\.amazonaws\.com/groups/global/(AllUsers|AuthenticatedUsers)")
_ORGANIZATIONS: Final = ("organization_arn", "organizational_unit_arn")


@rule
def resource_is_not_shared_with_everyone(stack: Stack) -> Iterator[Finding]:
    """No argument shares something with every account: images, snapshots, documents, endpoints, objects."""
    for resource in stack.all():
        for path, name, value in _values(dict(resource.arguments), ""):
            if isinstance(value, str):
                is_public = value.lower() in _EVERYONE and _WHO.search(name) and resource.kind.find("policy") < 0
                is_acl = name in {"acl", "canned_acl"} and value in _PUBLIC_ACLS
                if is_public or is_acl or _GROUPS.search(value):
                    yield Finding.about(resource, f"{path} is {value}, which is everyone")
            if name in _ORGANIZATIONS and value:
                yield Finding.about(resource, f"{path} is {value}, which is a whole organization; name the accounts")
            if name == "allow_external_principals" and value is True:
                yield Finding.about(resource, f"{path} is true, so it can be shared with any account")


@rule_with_others
def replication_stays_in_own_buckets(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """Files are replicated only to buckets of the same environment; a name of another's bucket looks the same."""
    graph = Graph(of_same_environment(stack, stacks))
    names = {str(bucket.get("bucket")) for bucket in graph.all("aws_s3_bucket")}
    for replication in stack.all("aws_s3_bucket_replication_configuration"):
        node = Node(stack, replication)
        targets = [one for block in blocks(node.get("rule")) for one in blocks(block.get("destination"))]
        for target in targets:
            bucket = target.get("bucket")
            known = isinstance(bucket, str) and bucket.removeprefix("arn:aws:s3:::") in names
            if not known and not graph.follow(stack, bucket, "aws_s3_bucket"):
                yield Finding.about(replication, f"copies to {bucket}, which is no bucket of the environment's stacks")


def _values(value: Any, path: str, name: str = "") -> Iterator[tuple[str, str, Any]]:  # noqa: ANN401 - JSON is of any type
    """Every value in an argument, with where it is and the last name of that."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _values(item, f"{path}.{key}" if path else str(key), str(key))
    elif isinstance(value, list):
        for item in value:
            yield from _values(item, path, name)
    else:
        yield path, name, value
