"""No bucket is reachable from outside, except that CloudFront reads the static files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from compliance.evaluation import matches_action
from compliance.graph import Graph
from compliance.policies import is_allow, many, parsed, principals
from tests.broken import Documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from compliance.graph import Node
    from compliance.policies import Statement
    from synthesis.manifest import Stack

    Break = Callable[[Documents], object]

BLOCKS: Final = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
OPENS: Final = (
    "aws_s3_bucket_acl",
    "aws_s3_bucket_cors_configuration",
    "aws_s3_bucket_website_configuration",
    "aws_s3_access_point",
    "aws_s3_object_copy",
)
"""Types by which a bucket or an object is shown to others."""
CLOUDFRONT: Final = "cloudfront.amazonaws.com"
ASSETS: Final = "aws_s3_bucket.assets"


def openings(stacks: dict[str, Stack]) -> list[str]:
    """Whatever lets somebody outside of the account reach a bucket; nothing but CloudFront's reading is allowed."""
    graph = Graph(stacks.values())
    found = [f"{node.place} exists" for node in graph.all(*OPENS)]
    for node in graph.all("aws_s3_bucket", "aws_s3_object"):
        found += [
            f"{node.place}: {name}" for name in ("acl", "grant", "website", "cors_rule", "policy") if node.get(name)
        ]
    for bucket in graph.all("aws_s3_bucket"):
        found += [f"{bucket.place}: {opening}" for opening in _openings(graph, bucket)]
    return found


def readers(stacks: dict[str, Stack]) -> list[tuple[str, str]]:
    """The services that a bucket policy lets read, each with the bucket."""
    graph = Graph(stacks.values())
    return [
        (bucket.place, service)
        for bucket in graph.all("aws_s3_bucket")
        for statement in _statements(graph, bucket)
        if is_allow(statement) and _allows(statement, "s3:GetObject")
        for service in principals(statement, "Service")
    ]


def _openings(graph: Graph, bucket: Node) -> Iterator[str]:
    guards = graph.sources(bucket, "aws_s3_bucket_public_access_block", by="bucket")
    if len(guards) != 1:
        yield f"{len(guards)} aws_s3_bucket_public_access_block"
    yield from (name for guard in guards for name in BLOCKS if guard.get(name) is not True)
    controls = graph.sources(bucket, "aws_s3_bucket_ownership_controls", by="bucket")
    if [one.resource.block("rule").get("object_ownership") for one in controls] != ["BucketOwnerEnforced"]:
        yield "ACLs are on"
    for policy in graph.sources(bucket, "aws_s3_bucket_policy", by="bucket"):
        if parsed(policy.get("policy")) is None:
            yield "a policy that cannot be read"
    for statement in _statements(graph, bucket):
        if is_allow(statement):
            yield from _problems_of_grant(graph, bucket, statement)


def _problems_of_grant(graph: Graph, bucket: Node, statement: Statement) -> Iterator[str]:
    if "NotPrincipal" in statement or "NotAction" in statement or "*" in principals(statement, "AWS"):
        yield f"{statement.get('Sid')} allows everybody"
    for service in principals(statement, "Service"):
        if service == "*" or (service == CLOUDFRONT and not _is_own_distribution(graph, bucket, statement)):
            yield f"{statement.get('Sid')} allows {service} for every distribution"
        elif service != CLOUDFRONT and _allows(statement, "s3:GetObject"):
            yield f"{statement.get('Sid')} lets {service} read"


def _is_own_distribution(graph: Graph, bucket: Node, statement: Statement) -> bool:
    """Whether CloudFront may only read, only the bucket of static files, and only for the one distribution."""
    condition = statement.get("Condition") or {}
    sources = condition.get("StringEquals", {}).get("aws:SourceArn")
    own = graph.follow(bucket.stack, sources, "aws_cloudfront_distribution")
    return (
        bucket.resource.address == ASSETS
        and len(many(sources)) == len(own) == 1
        and sources == f"${{{own[0].resource.address}.arn}}"
        and set(many(statement.get("Action"))) <= {"s3:GetObject", "s3:ListBucket"}
    )


def _statements(graph: Graph, bucket: Node) -> list[Statement]:
    policies = graph.sources(bucket, "aws_s3_bucket_policy", by="bucket")
    return [statement for policy in policies for statement in parsed(policy.get("policy")) or ()]


def _allows(statement: Statement, action: str) -> bool:
    return any(matches_action(pattern, action) for pattern in many(statement.get("Action")))


def test_no_bucket_is_reachable_except_through_cloudfront(every_stack: dict[str, Stack]) -> None:
    assert openings(every_stack) == []


def test_only_cloudfront_reads_and_only_the_static_files(every_stack: dict[str, Stack]) -> None:
    assert sorted(readers(every_stack)) == [
        (f"{environment}-edge/{ASSETS}", CLOUDFRONT) for environment in ("elsewhere", "prod", "public", "staging")
    ]


@pytest.mark.parametrize("environment", ["staging", "prod", "public", "elsewhere"])
def test_cloudfront_signs_each_request_for_the_static_files(every_stack: dict[str, Stack], environment: str) -> None:
    documents = Documents(every_stack, environment)
    graph = Graph(documents.stacks().values())
    (distribution,) = graph.all("aws_cloudfront_distribution")
    (origin,) = [one for one in distribution.get("origin") if one["origin_id"] == "assets"]
    assert [node.resource.address for node in graph.follow(distribution.stack, origin["domain_name"])] == [ASSETS]
    (control,) = graph.follow(distribution.stack, origin["origin_access_control_id"])
    assert (control.get("signing_behavior"), control.get("signing_protocol")) == ("always", "sigv4")


def without_block(name: str) -> Break:
    return lambda documents: documents.one("aws_s3_bucket_public_access_block", "/assets/").update({name: False})


def granted(**statement: Any) -> Break:
    """Another statement in the policy of the static files."""

    def change(documents: Documents) -> None:
        policy = documents.one("aws_s3_bucket_policy", "/assets/")
        assert policy["policy"].endswith("]}")
        text = json.dumps({"Sid": "New", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **statement})
        policy["policy"] = f"{policy['policy'].removesuffix(']}')},{text}]}}"

    return change


def of_every_distribution(documents: Documents) -> None:
    policy = documents.one("aws_s3_bucket_policy", "/assets/")
    policy["policy"] = policy["policy"].replace('"StringEquals":{"aws:SourceArn"', '"StringLike":{"aws:SourceArn"')


def added(kind: str, **arguments: Any) -> Break:
    return lambda documents: documents.by_layer["edge"]["resource"].update({kind: {"new": arguments}})


OWN = {"StringEquals": {"aws:SourceArn": "${aws_cloudfront_distribution.distribution.arn}"}}
EDGE = {"Service": CLOUDFRONT}
BROKEN: Final[dict[str, Break]] = {
    **{f"without {name}": without_block(name) for name in BLOCKS},
    "without any block": lambda documents: documents.remove("aws_s3_bucket_public_access_block", "/assets/"),
    "with ACLs": lambda documents: documents.remove("aws_s3_bucket_ownership_controls", "/assets/"),
    "with an ACL": added("aws_s3_bucket_acl", bucket="${aws_s3_bucket.assets.id}", acl="private"),
    "with a website": added("aws_s3_bucket_website_configuration", bucket="${aws_s3_bucket.assets.id}"),
    "with an access point": added("aws_s3_access_point", bucket="${aws_s3_bucket.assets.id}"),
    "for everybody": granted(Principal="*"),
    "for every account": granted(Principal={"AWS": "*"}),
    "for everybody but one": granted(NotPrincipal={"AWS": "arn:aws:iam::333333333333:root"}),
    "for everybody with a condition": granted(Principal="*", Condition={"StringLike": {"aws:Referer": "*"}}),
    "for another service": granted(Principal={"Service": "lambda.amazonaws.com"}),
    "for every distribution": of_every_distribution,
    "for CloudFront without a condition": granted(Principal=EDGE),
    "for CloudFront to write": granted(Principal=EDGE, Action="s3:PutObject", Condition=OWN),
    "for the distributions of the account": granted(
        Principal=EDGE, Condition={"StringEquals": {"aws:SourceAccount": "333333333333"}}
    ),
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
def test_a_bucket_that_is_opened_is_found(every_stack: dict[str, Stack], change: Break) -> None:
    documents = Documents(every_stack, "prod")
    change(documents)
    assert openings(documents.stacks())


def test_another_bucket_of_cloudfront_is_found(every_stack: dict[str, Stack]) -> None:
    documents = Documents(every_stack, "prod")
    for policy in documents.all("aws_s3_bucket_policy", "prod-edge/access-logs/"):
        policy["policy"] = documents.one("aws_s3_bucket_policy", "/assets/")["policy"]
    assert openings(documents.stacks())
