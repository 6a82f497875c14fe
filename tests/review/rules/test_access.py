"""What policies allow is compared by what it means: another spelling is nothing, one more action is a finding."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.finding import Level
from review.rules.access import widened_access
from review.rules.grants import includes, lost_denials, new_grants
from tests.review.plan_json import changes, entry

Statement = dict[str, Any]


def allow(action: Any, resource: Any = "arn:aws:s3:::a/*", **others: Any) -> Statement:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **others}


def policy(*statements: Statement) -> dict[str, Any]:
    return {"role": "task", "policy": json.dumps({"Version": "2012-10-17", "Statement": list(statements)})}


def found(
    before: list[Statement], after: list[Statement], type_: str = "aws_iam_role_policy"
) -> list[tuple[Level, str]]:
    own = entry(f"{type_}.a", "change", policy(*before), policy(*after))
    return [(one.level, one.text) for one in widened_access(changes(own))]


SAME = [
    ([allow(["s3:GetObject", "s3:PutObject"])], [allow("s3:PutObject"), allow("s3:GetObject")]),
    ([allow("s3:GetObject")], [allow(["S3:getobject"], ["arn:aws:s3:::a/*"], Sid="Read")]),
    ([allow("s3:*")], [allow("s3:Get*")]),
    ([allow("s3:GetObject", "*")], [allow("s3:GetObject")]),
    (
        [allow("s3:GetObject")],
        [allow("s3:GetObject", Condition={"Bool": {"aws:SecureTransport": "true"}})],
    ),
    (
        [allow("s3:GetObject", Condition={"StringEquals": {"aws:SourceAccount": ["1", "2"]}})],
        [allow("s3:GetObject", Condition={"StringEquals": {"AWS:sourceaccount": "1"}})],
    ),
    ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], [allow("s3:*", "*")]),
    (
        [allow("s3:GetObject", Condition={"StringEqualsIfExists": {"aws:SourceAccount": ["1", "2"]}})],
        [allow("s3:GetObject", Condition={"StringEquals": {"aws:SourceAccount": "1"}})],
    ),
]


@pytest.mark.parametrize(("before", "after"), SAME)
def test_the_same_or_less_is_no_finding(before: list[Statement], after: list[Statement]) -> None:
    assert found(before, after) == []
    assert found(after, after) == []


WIDER = [
    ([allow("s3:GetObject")], [allow(["s3:GetObject", "s3:DeleteObject"])], "s3:DeleteObject on arn:aws:s3:::a/*"),
    ([allow("s3:GetObject")], [allow("s3:GetObject", "arn:aws:s3:::*")], "s3:GetObject on arn:aws:s3:::*"),
    ([allow("s3:GetObject")], [allow("s3:Get*")], "s3:Get* on arn:aws:s3:::a/*"),
    ([allow("s3:GetObject")], [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], "everything but iam:*"),
    (
        [allow("s3:GetObject", Condition={"StringEquals": {"aws:SourceAccount": "1"}})],
        [allow("s3:GetObject")],
        "s3:GetObject",
    ),
    (
        [allow("s3:GetObject", Condition={"StringEquals": {"aws:SourceAccount": "1"}})],
        [allow("s3:GetObject", Condition={"StringEquals": {"aws:SourceAccount": ["1", "2"]}})],
        "s3:GetObject",
    ),
    (
        [allow("s3:GetObject", Condition={"StringNotEquals": {"aws:SourceAccount": ["1", "2"]}})],
        [allow("s3:GetObject", Condition={"StringNotEquals": {"aws:SourceAccount": ["1"]}})],
        "s3:GetObject",
    ),
]


WIDER += [
    (
        [allow("s3:GetObject", Condition={"StringEquals": {"aws:SourceAccount": "1"}})],
        [allow("s3:GetObject", Condition=condition)],
        "s3:GetObject",
    )
    for condition in (
        {"StringEqualsIfExists": {"aws:SourceAccount": "1"}},
        {"ForAllValues:StringEquals": {"aws:SourceAccount": "1"}},
        {"StringLike": {"aws:SourceAccount": "*"}},
        {"Null": {"aws:SourceAccount": "false"}},
        {"StringNotEquals": {"aws:SourceAccount": "2"}},
    )
]


@pytest.mark.parametrize(("before", "after", "told"), WIDER)
def test_more_is_a_finding(before: list[Statement], after: list[Statement], told: str) -> None:
    ((level, text),) = found(before, after)
    assert level is Level.APPROVAL
    assert text.startswith("allows more: ")
    assert told in text


def test_less_forbidden_is_a_finding() -> None:
    deny = {"Effect": "Deny", "Action": ["s3:PutObject", "s3:DeleteObject"], "Resource": "*"}
    ((_, text),) = found([deny], [{**deny, "Action": "s3:PutObject"}])
    assert text == "does not forbid any more: s3:DeleteObject on *"
    assert found([{**deny, "Action": "s3:PutObject"}], [deny]) == []


@pytest.mark.parametrize("action", ["*", "*:*", "iam:*"])
def test_everything_on_everything_blocks(action: str) -> None:
    ((level, text),) = found([allow("s3:GetObject")], [allow(action, "*")])
    assert (level, text) == (Level.BLOCK, f"allows {action} on *")


VACUOUS: list[dict[str, Any]] = [
    {"StringLike": {"aws:PrincipalArn": "*"}},
    {"ArnLike": {"aws:PrincipalArn": ["arn:aws:iam::111111111111:role/a", "arn:*:*:*:*:*"]}},
    {"StringEqualsIfExists": {"aws:SourceAccount": "111111111111"}},
    {"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": "o-abcdefghij/r/"}},
    {"StringNotEquals": {"aws:PrincipalAccount": "999999999999"}},
    {"Null": {"aws:PrincipalArn": "false"}},
    {"Bool": {"aws:SecureTransport": "true"}},
    {"Bool": {"aws:MultiFactorAuthPresent": ["true", "false"]}},
    {"DateLessThan": {"aws:CurrentTime": "2099-01-01T00:00:00Z"}},
    {"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}},
    {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
]


@pytest.mark.parametrize("condition", VACUOUS)
def test_a_condition_that_keeps_nobody_out_does_not_count(condition: dict[str, Any]) -> None:
    everything = allow("*", "*", Condition=condition)
    assert found([allow("s3:GetObject")], [everything]) == [(Level.BLOCK, "allows * on *")]
    everyone = allow("s3:GetObject", "*", Principal="*", Condition=condition)
    assert found([], [everyone], "aws_s3_bucket_policy") == [(Level.BLOCK, "allows s3:GetObject on * for *")]


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:PrincipalAccount": "111111111111"}},
        {"StringEqualsIfExists": {"aws:SourceAccount": "111111111111"}, "Null": {"aws:SourceAccount": "false"}},
        {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-abcdefghij/*"}},
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/*"}},
        {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    ],
)
def test_a_condition_that_names_who_calls_counts(condition: dict[str, Any]) -> None:
    for statement in (allow("*", "*", Condition=condition), allow("s3:Get*", "*", Principal="*", Condition=condition)):
        ((level, _),) = found([], [statement], "aws_s3_bucket_policy")
        assert level is Level.APPROVAL


def test_a_condition_on_what_anybody_can_send_keeps_nobody_out() -> None:
    condition = {"StringEquals": {"aws:UserAgent": "ours"}}
    everyone = allow("s3:GetObject", "*", Principal="*", Condition=condition)
    assert found([], [everyone], "aws_s3_bucket_policy") == [(Level.BLOCK, "allows s3:GetObject on * for *")]


def test_everyone_blocks_and_one_more_account_needs_an_approval() -> None:
    one = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Principal": {"AWS": "111111111111"}}
    ((level, text),) = found([one], [{**one, "Principal": "*"}], "aws_s3_bucket_policy")
    assert (level, text) == (Level.BLOCK, "allows s3:GetObject on * for *")
    two = {**one, "Principal": {"AWS": ["111111111111", "222222222222"]}}
    assert found([one], [two], "aws_s3_bucket_policy") == [
        (Level.APPROVAL, "allows more: s3:GetObject on * for 222222222222")
    ]


def test_a_policy_of_a_new_role_widens_nothing_that_is_there() -> None:
    role = entry("aws_iam_role.task", "create", None, {"name": "task"})
    first = entry("aws_iam_role_policy.task", "create", None, policy(allow("s3:GetObject")))
    assert not list(widened_access(changes(role, first)))
    (more,) = widened_access(changes(first))
    assert more.text == "allows more: s3:GetObject on arn:aws:s3:::a/*"


def test_attachments_and_boundaries() -> None:
    def attached(name: str) -> dict[str, Any]:
        values = {"role": "task", "policy_arn": f"arn:aws:iam::aws:policy/{name}"}
        return entry("aws_iam_role_policy_attachment.a", "create", None, values)

    levels = [
        one.level
        for name in ("ReadOnlyAccess", "AdministratorAccess")
        for one in widened_access(changes(attached(name)))
    ]
    assert levels == [Level.APPROVAL, Level.BLOCK]
    (boundary,) = widened_access(
        changes(entry("aws_iam_role.a", "change", {"permissions_boundary": "arn:x"}, {"permissions_boundary": None}))
    )
    assert boundary.text.endswith("nothing limits it any more")


def test_a_policy_that_is_not_known_is_said() -> None:
    own = entry(
        "aws_iam_role_policy.a", "change", policy(allow("s3:GetObject")), {"role": "x"}, unknown={"policy": True}
    )
    (one,) = widened_access(changes(own))
    assert one.text == "policy: what it will allow is known after the apply"


def test_a_policy_of_denials_that_is_destroyed() -> None:
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Principal": "*"}
    (one,) = widened_access(changes(entry("aws_s3_bucket_policy.a", "destroy", policy(deny))))
    assert one.text == "does not forbid any more: s3:* on * for *"


ACTIONS = st.sampled_from(["s3:Get*", "s3:GetObject", "s3:*", "sqs:SendMessage", "*"])
RESOURCES = st.sampled_from(["*", "arn:aws:s3:::a", "arn:aws:s3:::a/*", "arn:aws:s3:::*"])
STATEMENTS = st.lists(
    st.builds(
        lambda effect, actions, resources: {"Effect": effect, "Action": actions, "Resource": resources},
        st.sampled_from(["Allow", "Deny"]),
        st.lists(ACTIONS, min_size=1, max_size=3),
        st.lists(RESOURCES, min_size=1, max_size=3),
    ),
    max_size=4,
)


@given(STATEMENTS, st.randoms(use_true_random=False))
def test_no_order_and_no_splitting_is_a_difference(statements: list[Statement], random: Any) -> None:
    split = [
        {**one, "Action": action, "Resource": resource}
        for one in statements
        for action in one["Action"]
        for resource in one["Resource"]
    ]
    random.shuffle(split)
    for before, after in ((statements, split), (split, statements)):
        assert new_grants(before, after) == []
        assert lost_denials(before, after) == []


@pytest.mark.parametrize(
    ("larger", "smaller", "expected"),
    [
        ("*", "s3:*", True),
        ("s3:Get?", "s3:Get*", False),
        ("a*c", "a*bc", True),
        ("a*bc", "a*c", False),
        ("a", "a", True),
    ],
)
def test_a_pattern_within_another(larger: str, smaller: str, *, expected: bool) -> None:
    assert includes(larger, smaller) == expected
