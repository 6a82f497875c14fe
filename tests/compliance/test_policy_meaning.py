"""A correct policy is silent in whatever form it is written; weakened in any way, form and place, it is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from compliance.rule import Rule
from compliance.rules import (
    boundaries,
    conditions,
    escalation,
    foreign_accounts,
    iam,
    principals,
    service_roles,
    sharing,
)
from tests.compliance.policy_forms import FORMS
from tests.compliance.samples import ACCOUNT, stack

if TYPE_CHECKING:
    from synthesis.manifest import Stack

OTHER: Final = "999999999999"
MODULES: Final = (conditions, escalation, foreign_accounts, iam, principals, sharing)
MEANING: Final = [
    boundaries.role_changes_require_a_boundary,
    service_roles.service_trust_names_account,
    *(one for module in MODULES for one in vars(module).values() if isinstance(one, Rule)),
]
PROVIDER: Final[dict[str, Any]] = {"provider": {"aws": [{"allowed_account_ids": [ACCOUNT]}]}}
OWN_ROOT: Final = f"arn:aws:iam::{ACCOUNT}:root"
QUEUE: Final = f"arn:aws:sqs:us-east-1:{ACCOUNT}:queue"
ALLOW: Final = {"Sid": "Allow", "Effect": "Allow"}
OWN: Final = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}

# What a resource lets in
USE: Final = {**ALLOW, "Action": "sqs:SendMessage", "Resource": QUEUE, "Principal": {"AWS": OWN_ROOT}}
EVENTS: Final = {**USE, "Principal": {"Service": "events.amazonaws.com"}, "Condition": OWN}
EVERYONE: Final = {**USE, "Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}}
NO_HTTP: Final = {
    **USE,
    "Effect": "Deny",
    "Principal": "*",
    "Action": "sqs:*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
LETS_IN: Final = [USE, EVENTS, EVERYONE, NO_HTTP]
# What a role may do
READ: Final = {**ALLOW, "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::acme-assets/*"}
PASS: Final = {
    **ALLOW,
    "Action": "iam:PassRole",
    "Resource": f"arn:aws:iam::{ACCOUNT}:role/task",
    "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
}
MAY: Final = [READ, PASS]


# Who may assume a role
ISSUER: Final = "token.actions.githubusercontent.com"
EXACT: Final = {f"{ISSUER}:aud": "sts.amazonaws.com", f"{ISSUER}:sub": "repo:acme/infra:ref:refs/heads/main"}
TASKS: Final = {
    **ALLOW,
    "Action": "sts:AssumeRole",
    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
    "Condition": OWN,
}
OIDC: Final = {
    **ALLOW,
    "Action": "sts:AssumeRoleWithWebIdentity",
    "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"},
    "Condition": {"StringEquals": EXACT},
}
TRUSTS: Final = [TASKS, OIDC, {**ALLOW, "Action": "sts:AssumeRole", "Principal": {"AWS": OWN_ROOT}}]


def conditioned(operator: str, key: str, *values: str, statement: dict[str, Any] = EVERYONE) -> dict[str, Any]:
    return {**statement, "Condition": {operator: {key: list(values)}}}


def _weak_entries() -> dict[str, dict[str, Any]]:
    found = {
        "everyone": {**USE, "Principal": "*"},
        "everyone of AWS": {**USE, "Principal": {"AWS": "*"}},
        "everyone in a list": {**USE, "Principal": {"AWS": [OWN_ROOT, "*"]}},
        "a pattern": {**USE, "Principal": {"AWS": "arn:aws:iam::*:root"}},
        "all but one": {**ALLOW, "Action": "sqs:*", "Resource": QUEUE, "NotPrincipal": {"AWS": OWN_ROOT}},
        "a foreign root": {**USE, "Principal": {"AWS": f"arn:aws:iam::{OTHER}:root"}},
        "foreign digits": {**USE, "Principal": {"AWS": [ACCOUNT, OTHER]}},
        "a foreign role": {**USE, "Principal": {"AWS": f"arn:aws:iam::{OTHER}:role/x"}},
        "a canonical user": {**USE, "Principal": {"CanonicalUser": "79a59df900b949e55d96a1e698fbaced"}},
        "an unknown principal": {**USE, "Principal": {"AWS": "${var.who}"}},
        "everyone of an organization": conditioned("StringEquals", "aws:PrincipalOrgID", "o-abcdefghij"),
        "a service for everyone": {**USE, "Principal": {"Service": "events.amazonaws.com"}},
        "a service for a foreign account": conditioned("StringEquals", "aws:SourceAccount", OTHER, statement=EVENTS),
        "TLS the wrong way round": {**NO_HTTP, "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        "only without TLS": {**USE, "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        "a denial of nobody": {**NO_HTTP, "Condition": {"StringEquals": {"aws:PrincipalAccount": []}}},
        "a denial that exempts the world": {
            **NO_HTTP,
            "Condition": {"NotIpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}},
        },
        "a denial that exempts a foreign account": {
            **NO_HTTP,
            "Condition": {"StringNotEquals": {"aws:PrincipalAccount": [ACCOUNT, OTHER]}},
        },
    }
    for statement, key in (
        (EVERYONE, "aws:PrincipalAccount"),
        (EVENTS, "aws:SourceAccount"),
        (EVENTS, "aws:SourceArn"),
    ):
        value = f"arn:aws:events:us-east-1:{ACCOUNT}:rule/x" if key.endswith("Arn") else ACCOUNT
        like = "ArnLike" if key.endswith("Arn") else "StringLike"
        name = f"{key} of {'everyone' if statement is EVERYONE else 'a service'}"
        found |= {
            f"{name}: negated": conditioned(like.replace("Like", "NotEquals"), key, value, statement=statement),
            f"{name}: any": conditioned(like, key, "*", statement=statement),
            f"{name}: any among": conditioned(like, key, value, "*", statement=statement),
            f"{name}: any digits": conditioned(like, key, "????????????", statement=statement),
            f"{name}: the end": conditioned(like, key, f"*{value[-2:]}", statement=statement),
            f"{name}: if it exists": conditioned("StringEqualsIfExists", key, value, statement=statement),
            f"{name}: all values": conditioned("ForAllValues:StringEquals", key, value, statement=statement),
            f"{name}: must be there": conditioned("Null", key, "false", statement=statement),
            f"{name}: must not be there": conditioned("Null", key, "true", statement=statement),
            f"{name}: without values": conditioned("StringEquals", key, statement=statement),
            f"{name}: itself": conditioned("StringEquals", key, f"$${{{key}}}", statement=statement),
        }
    for name, key, value in (
        ("an agent", "aws:UserAgent", "x"),
        ("a referer", "aws:Referer", "https://example.org/"),
        ("TLS", "aws:SecureTransport", "true"),
        ("a prefix of ARNs", "aws:PrincipalArn", "arn:aws:iam::*:role/x"),
        ("any network", "aws:SourceVpce", "vpce-*"),
        ("any organization", "aws:PrincipalOrgID", "o-*"),
        ("a bucket that anyone can have", "aws:SourceArn", "arn:aws:s3:::*"),
    ):
        found[f"everyone with {name}"] = conditioned("StringLike", key, value)
    for name, values in {
        "everything": ["0.0.0.0/0"],
        "IPv6": ["::/0"],
        "halves": ["0.0.0.0/1", "128.0.0.0/1"],
        "quarters": ["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"],
        "one half": ["128.0.0.0/1"],
    }.items():
        found[f"from addresses: {name}"] = {**USE, "Condition": {"IpAddress": {"aws:SourceIp": values}}}
    return found


def _weak_rights() -> dict[str, dict[str, Any]]:
    resources = (
        "*",
        "**",
        "arn:*",
        "arn:aws:*",
        "arn:aws:s3:::*",
        "arn:aws:s3:::*a*",
        "arn:aws:s3:::?*",
        "arn:aws:s3:::*/*",
        "arn:aws:s3:::a*",
        "arn:aws:s3:::*-logs",
        "arn:*:s3:::*",
        "arn:aws:*:*:*:*",
        "a*",
        "?rn:aws:s3:::acme-assets/*",
    )
    found: dict[str, dict[str, Any]] = {f"on {one}": {**READ, "Resource": one} for one in resources}
    for service, action, one in (
        ("sqs", "sqs:SendMessage", f"arn:aws:sqs:*:{ACCOUNT}:*"),
        ("sqs", "sqs:SendMessage", "arn:aws:sqs:*:*:acme"),
        ("dynamodb", "dynamodb:DeleteItem", f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/*"),
        ("lambda", "lambda:InvokeFunction", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:?*"),
        ("lambda", "lambda:InvokeFunction", f"arn:aws:lambda:us-east-1:{OTHER}:function:acme"),
        ("secretsmanager", "secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:*"),
    ):
        found[f"{service}: {action} on {one}"] = {**ALLOW, "Action": action, "Resource": one}
    for action in ("*", "*:*", "s3:*", "S3:*", "s3*", "s3:**", "s3:*e*", "*:GetObject", "?3:GetObject", "s?:GetObject"):
        found[f"may {action}"] = {**READ, "Action": ["s3:ListBucket", action]}
    found |= {
        "all but some actions": {**ALLOW, "NotAction": "iam:*", "Resource": "arn:aws:s3:::acme-assets/*"},
        "all but some resources": {**ALLOW, "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::acme-audit/*"},
        "passes any role": {**PASS, "Resource": f"arn:aws:iam::{ACCOUNT}:role/*"},
        "passes to anyone": {**PASS, "Condition": {"StringLike": {"iam:PassedToService": "*"}}},
        "passes to any but one": {
            **PASS,
            "Condition": {"StringNotEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
        },
        "passes if said": {**PASS, "Condition": {"StringEqualsIfExists": {"iam:PassedToService": "x.amazonaws.com"}}},
        "passes without a condition": {key: value for key, value in PASS.items() if key != "Condition"},
        "passes by a pattern": {**READ, "Action": "iam:Pass*", "Resource": f"arn:aws:iam::{ACCOUNT}:role/acme"},
        "trusts": {**READ, "Action": "iam:UpdateAssumeRole*", "Resource": f"arn:aws:iam::{ACCOUNT}:role/*"},
        "assumes any role": {**ALLOW, "Action": "sts:AssumeRole", "Resource": f"arn:aws:iam::{ACCOUNT}:role/*"},
        "assumes a foreign role": {**ALLOW, "Action": "sts:AssumeRole", "Resource": f"arn:aws:iam::{OTHER}:role/acme"},
        "unknown resource": {**READ, "Resource": "${var.resource}"},
        "unknown action": {**READ, "Action": "${var.action}"},
    }
    for action in (*escalation._BY_BOUNDARY, *escalation._ALWAYS, "iam:Put*Policy"):  # noqa: SLF001
        service = action.partition(":")[0]
        found[f"escalates by {action}"] = {
            **ALLOW,
            "Action": action,
            "Resource": f"arn:aws:{service}::{ACCOUNT}:role/*",
        }
    for operator, value in (
        ("StringLike", "*"),
        ("StringNotEquals", f"arn:aws:iam::{ACCOUNT}:policy/limit"),
        ("StringEqualsIfExists", f"arn:aws:iam::{ACCOUNT}:policy/limit"),
        ("StringEquals", "arn:aws:iam::aws:policy/AdministratorAccess"),
    ):
        found[f"makes roles with a boundary: {operator} {value}"] = {
            **ALLOW,
            "Action": ["iam:CreateRole", "iam:PutRolePolicy"],
            "Resource": f"arn:aws:iam::{ACCOUNT}:role/acme-app",
            "Condition": {operator: {"iam:PermissionsBoundary": value}},
        }
    return found


def _weak_trusts() -> dict[str, dict[str, Any]]:
    found = {
        "a foreign account with an external id": {
            **TRUSTS[2],
            "Principal": {"AWS": OTHER},
            "Condition": {"StringEquals": {"sts:ExternalId": "secret"}},
        },
        "everyone with an external id": {
            **TRUSTS[2],
            "Principal": {"AWS": "*"},
            "Condition": {"StringEquals": {"sts:ExternalId": "secret"}},
        },
        "a foreign provider": {**OIDC, "Principal": {"Federated": f"arn:aws:iam::{OTHER}:oidc-provider/{ISSUER}"}},
        "any identity": {**OIDC, "Principal": {"Federated": "*"}, "Condition": {}},
    }
    for key in EXACT:
        rest = {name: value for name, value in EXACT.items() if name != key}
        found |= {
            f"{key} left out": {**OIDC, "Condition": {"StringEquals": rest}},
            f"{key} like any": {**OIDC, "Condition": {"StringEquals": rest, "StringLike": {key: "repo:*"}}},
            f"{key} with a wildcard": {**OIDC, "Condition": {"StringEquals": {**rest, key: "repo:acme/*"}}},
            f"{key} if it exists": {**OIDC, "Condition": {"StringEquals": rest, "StringEqualsIfExists": EXACT}},
            f"{key} negated": {**OIDC, "Condition": {"StringEquals": rest, "StringNotEquals": {key: "x"}}},
            f"{key} all values": {**OIDC, "Condition": {"StringEquals": rest, "ForAllValues:StringEquals": EXACT}},
            f"{key} without values": {**OIDC, "Condition": {"StringEquals": {**rest, key: []}}},
        }
    for operator, value in (
        ("StringLike", "*"),
        ("StringLike", "4444*"),
        ("StringNotEquals", ACCOUNT),
        ("StringEqualsIfExists", ACCOUNT),
        ("StringEquals", OTHER),
        ("ForAllValues:StringEquals", ACCOUNT),
    ):
        found[f"a service: {operator} {value}"] = conditioned(operator, "aws:SourceAccount", value, statement=TASKS)
    return found


WEAK_TRUSTS: Final = _weak_trusts()
TRUST_PLACES: Final = (("aws_iam_role", "assume_role_policy"),)
WEAK_ENTRIES: Final = _weak_entries()
WEAK_RIGHTS: Final = _weak_rights()
ENTRY_PLACES: Final = (
    ("aws_sqs_queue_policy", "policy"),
    ("aws_kms_key", "policy"),
    ("aws_elasticsearch_domain", "access_policies"),
    ("aws_new_thing", "who_may"),
    ("aws_new_thing", "settings.deep.rules"),
)
RIGHT_PLACES: Final = (
    ("aws_iam_role_policy", "policy"),
    ("aws_iam_user_policy", "policy"),
    ("aws_iam_role", "inline_policy.policy"),
    ("aws_iam_policy", "policy"),
    ("aws_ssoadmin_permission_set_inline_policy", "inline_policy"),
    ("aws_new_thing", "settings.may"),
)


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def written(document: dict[str, Any], form: str, kind: str, path: str) -> Stack:
    """A stack with one policy, and what belongs to it."""
    value, blocks = FORMS[form](document)
    for name in reversed(path.split(".")):
        value = {name: value}
    arguments = dict(value)
    others: dict[str, dict[str, Any]] = {}
    if kind in ("aws_iam_role_policy", "aws_iam_policy"):
        others["aws_iam_role.of"] = {"name": "of"}
        arguments["role"] = "${aws_iam_role.of.id}"
    if kind == "aws_iam_policy":
        arguments = {key: one for key, one in arguments.items() if key != "role"}
        others["aws_iam_role_policy_attachment.a"] = {"role": "of", "policy_arn": "${aws_iam_policy.one.arn}"}
    return stack({f"{kind}.one": arguments, **others}, **PROVIDER, **blocks)


def findings(one: Stack) -> list[str]:
    stacks = {one.id: one}
    return [
        f"{rule.id}: {found.address}: {found.message}"
        for rule in MEANING
        if rule.id != "stack-has-no-iam-users"
        for found in rule.check(one, stacks)
    ]


@pytest.mark.parametrize("form", FORMS)
def test_a_correct_policy_is_silent(form: str) -> None:
    for statements, places in ((LETS_IN, ENTRY_PLACES), (MAY, RIGHT_PLACES), (TRUSTS, TRUST_PLACES)):
        for kind, path in places:
            assert findings(written(policy(*statements), form, kind, path)) == [], (kind, path)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("weak", "correct", "places"),
    [
        (WEAK_ENTRIES, LETS_IN, ENTRY_PLACES),
        (WEAK_RIGHTS, MAY, RIGHT_PLACES),
        (WEAK_TRUSTS, TRUSTS, TRUST_PLACES),
    ],
    ids=["who is let in", "what is allowed", "who may assume a role"],
)
def test_a_weakened_policy_is_found(
    form: str, weak: dict[str, dict[str, Any]], correct: list[dict[str, Any]], places: tuple[tuple[str, str], ...]
) -> None:
    missed = []
    for index, (name, statement) in enumerate(weak.items()):
        if form == "JSON":
            chosen = places  # every weakening in every place
        else:  # every third, another one in each form
            chosen = (places[index % len(places)],) if (index + list(FORMS).index(form)) % 3 == 0 else ()
        for kind, path in chosen:
            if not findings(written(policy(*correct, statement), form, kind, path)):
                missed.append(f"{name} in {kind}.{path}")
    assert missed == []
