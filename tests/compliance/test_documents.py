"""What cannot be read is said, and nothing that stands for a policy ends in a traceback."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.documents import documents
from compliance.expressions import UnreadableError, render
from compliance.rules import RULES
from tests.compliance.samples import ACCOUNT, backend, policy, reads, stack

if TYPE_CHECKING:
    from pathlib import Path

    from synthesis.manifest import Stack

ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme/*"}
POLICY_RULES = [
    rule
    for rule in RULES
    if any(word in rule.id for word in ("policy", "principal", "condition", "names", "role-", "foreign", "shared"))
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
ELEMENT = st.sampled_from(
    ["Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition", "Sid", "x"]
)
WORDS: list[Any] = ["Allow", "Deny", "*", "${", "${}", "${a.b", "%{ if", "arn:", "arn:aws:s3:::${x}*", {"AWS": None}]
VALUE = JSON | st.sampled_from(WORDS)
STATEMENT = st.dictionaries(ELEMENT, VALUE, max_size=6)
DOCUMENT = st.fixed_dictionaries({"Statement": st.lists(STATEMENT | VALUE, max_size=3) | STATEMENT | VALUE})
TEXT = st.text(alphabet='{}[]"$%.,:= \\\naz*?', max_size=40)


def problems(value: Any, **blocks: Any) -> list[str]:
    found = documents(stack({"aws_sqs_queue_policy.q": {"policy": value}}, **blocks))
    return [problem for document in found for problem in document.problems]


def statements(value: Any, others: dict[str, Stack] | None = None, **blocks: Any) -> list[Any]:
    one = stack({"aws_sqs_queue_policy.q": {"policy": value}}, **blocks)
    found = documents(one, {one.id: one, **(others or {})})
    return [statement for document in found for statement in document.statements]


@given(document=DOCUMENT)
@settings(max_examples=40)
def test_no_document_ends_in_a_traceback(document: dict[str, Any]) -> None:
    resources: dict[str, dict[str, Any]] = {
        "aws_sqs_queue_policy.q": {"policy": json.dumps(document)},
        "aws_iam_role.r": {"inline_policy": document, "assume_role_policy": document},
        "aws_new_thing.n": {"deep": [document]},
    }
    data = {"aws_iam_policy_document": {"d": {"statement": document["Statement"]}}}
    one = stack({**resources, "aws_kms_key.k": {"policy": "${data.aws_iam_policy_document.d.json}"}}, data=data)
    for rule in POLICY_RULES:
        list(rule.check(one, {one.id: one}))


@given(text=TEXT)
def test_no_text_ends_in_a_traceback(text: str) -> None:
    problems(text)
    problems(f"${{{text}}}")
    problems(f"${{jsonencode({{Statement = {text}}})}}")
    problems(f'{{"Statement": [{text}]}}')


def test_a_deep_text_ends_in_no_traceback() -> None:
    problems('{"Statement":' * 3000)
    problems(f"${{jsonencode({'[' * 3000})}}")
    problems(f"${{jsonencode({'(' * 3000})}}")


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ('{"Statement": [', "is not valid JSON"),
        ("${var.policy}", "is ${var.policy}, which is not known before a plan"),
        ("${jsonencode(var.policy)}", "which is not known before a plan"),
        ("${data.aws_iam_policy_document.none.json}", "which is not known before a plan"),
        ("${local.a}", "which is not known before a plan"),
        ('${jsonencode({Statement = [var.one, {Effect = "Allow", Action = "s3:GetObject"}]})}', "${var.one}"),
        (policy({**ALLOW, "Effect": "Permit"}), "Permit"),
        (policy({**ALLOW, "Effect": "allowed"}), "must be Allow or Deny"),
        (policy({**ALLOW, "Condition": {"StringEqual": {"aws:SourceArn": "x"}}}), "StringEqual"),
        (policy({**ALLOW, "Actions": "s3:*"}), "has the element Actions"),
        (policy({"Effect": "Allow", "Resource": "*"}), "without Action"),
    ],
)
def test_what_cannot_be_judged_is_said(value: str, says: str) -> None:
    found = problems(value, locals={"a": "${local.b}", "b": "${local.a}"})
    assert any(says in problem for problem in found), found


def test_the_case_of_an_effect_and_an_operator_does_not_matter() -> None:
    written = {**ALLOW, "Effect": "allow", "Condition": {"stringequals": {"aws:SourceAccount": ACCOUNT}}}
    assert statements(policy(written)) == [{**ALLOW, "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}}]


def test_a_name_of_a_policy_of_aws_is_not_one_that_cannot_be_read() -> None:
    assert problems("ELBSecurityPolicy-TLS13-1-2-2021-06") == []


def test_a_rule_of_a_firewall_is_not_a_policy() -> None:
    block = {"name": "x", "action": {"block": {}}, "statement": {"rate_based_statement": {"limit": 100}}}
    assert documents(stack({"aws_wafv2_web_acl.a": {"rule": [block], "rule_json": json.dumps([block])}})) == ()


def test_an_output_of_another_stack_is_followed() -> None:
    other = stack(
        layer="who",
        output={"it": {"value": "${jsonencode(local.it)}"}},
        locals={"it": {"Statement": [ALLOW]}},
        terraform=backend("who"),
    )
    value = "${data.terraform_remote_state.who.outputs.it}"
    assert statements(value, {other.id: other}, data=reads("who")) == [ALLOW]


def test_a_file_of_the_stack_is_read_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "stack").mkdir()
    for path in (tmp_path / "stack" / "policy.json", tmp_path / "outside.json"):
        path.write_text(policy(ALLOW), encoding="utf-8")
    one = stack(
        {
            "aws_a.inside": {"policy": '${file("${path.module}/policy.json")}'},
            "aws_a.outside": {"policy": '${file("../outside.json")}'},
        }
    )
    moved = type(one)(id=one.id, folder=tmp_path / "stack", document=one.document)
    inside, outside = documents(moved)
    assert list(inside.statements) == [ALLOW]
    assert (outside.statements, len(outside.problems)) == ((), 1)


class Nothing:
    """A scope that knows no name."""

    def value(self, path: Any) -> Any:  # noqa: ARG002 - of the protocol
        raise UnreadableError

    def text_of(self, file: str) -> str:  # noqa: ARG002 - of the protocol
        raise UnreadableError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('${"a"}', "a"),
        ("${[1, true, null, 2.5]}", [1, True, None, 2.5]),
        ('${{a = "b", "c" : [var.x, "d"]}}', {"a": "b", "c": ["${var.x}", "d"]}),
        ("${{\n  a = 1 # one\n  b = 2\n}}", {"a": 1, "b": 2}),
        ('${format("arn:aws:s3:::%s/*", aws_s3_bucket.b.id)}', "arn:aws:s3:::${aws_s3_bucket.b.id}/*"),
        ('${join(",", ["a", "b"])}', "a,b"),
        ('${concat(["a"], var.more)}', '${concat(["a"], var.more)}'),
        ('${a ? "b" : "c"}', '${a ? "b" : "c"}'),
        ("${[for x in y : x]}", "${[for x in y : x]}"),
        ('a ${"b"} $${c} ${d}', "a b $${c} ${d}"),
        ('${lower("A")}-${upper(var.x)}', "a-${upper(var.x)}"),
        ("${try(var.x, 1)}", "${try(var.x, 1)}"),
    ],
)
def test_expressions(text: str, value: object) -> None:
    assert render(text, Nothing()) == value


def test_the_variable_of_the_resource_itself_is_its_own_account() -> None:
    condition = {"StringEquals": {"aws:PrincipalAccount": "$${aws:ResourceAccount}"}}
    one = stack(
        {"aws_sqs_queue_policy.q": {"policy": policy({**ALLOW, "Principal": "*", "Condition": condition})}},
        provider={"aws": [{"allowed_account_ids": [ACCOUNT]}]},
    )
    public = next(rule for rule in RULES if rule.id == "policy-is-not-public")
    assert list(public.check(one, {one.id: one})) == []
