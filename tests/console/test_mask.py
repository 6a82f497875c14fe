"""However deep a sensitive value is, and wherever it was copied to, no format of a page has it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.mask import HIDDEN, UNKNOWN, Mask, at, clean, marks_any, sensitive_texts
from review import report, terminal
from review.judge import StackPlan, judge
from tests.review.plan_json import FOLDER, entry, made, plan

MARKER = "marker-of-a-secret"

SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8))


def nested(leaf: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Values with their masks: a leaf of `leaf` has the mask true, every other one may have none."""
    return st.recursive(
        st.one_of(st.tuples(SCALARS, st.just(False)), leaf),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(lambda pairs: ([one for one, _ in pairs], [mask for _, mask in pairs])),
            st.dictionaries(
                st.sampled_from(["engine_version", "cidr_ipv4", "policy", "tags", "deletion_protection"]),
                inner,
                max_size=3,
            ).map(lambda pairs: ({k: v for k, (v, _) in pairs.items()}, {k: m for k, (_, m) in pairs.items() if m})),
            inner.map(lambda pair: (pair[0], True) if pair[1] else pair),
        ),
        max_leaves=8,
    )


SECRET = st.builds(lambda start, end: (f"{start}{MARKER}{end}", True), st.text(max_size=5), st.text(max_size=5))
OBJECTS = st.dictionaries(
    st.sampled_from(["engine_version", "cidr_ipv4", "policy", "arn", "version", "default_action", "size", "acl"]),
    nested(SECRET),
    min_size=1,
    max_size=4,
)


def every_format(content: dict[str, Any]) -> str:
    review = judge([StackPlan(stack="any", content=content)])
    texts = [
        terminal.page(review),
        terminal.page(review, coloured=True),
        report.page(review),
        report.page(review, is_long=True),
        json.dumps(review.to_json(), ensure_ascii=False),
    ]
    return "\n".join(texts)


@settings(max_examples=60)
@given(
    st.sampled_from(["aws_db_instance.a", "aws_vpc_security_group_ingress_rule.a", "aws_iam_role_policy.a"]),
    st.sampled_from(["create", "change", "replace", "destroy", "forget"]),
    OBJECTS,
    OBJECTS,
    st.sampled_from(["at its place", "copied"]),
)
def test_no_sensitive_value_is_in_any_format(
    address: str, kind: str, before: dict[str, Any], after: dict[str, Any], where: str
) -> None:
    values = [{name: value for name, (value, _) in one.items()} for one in (before, after)]
    masks = [{name: mask for name, (_, mask) in one.items() if mask} for one in (before, after)]
    own = entry(address, kind, *values, replace_paths=[[name] for name in values[0]])
    own["change"] |= {"before_sensitive": masks[0], "after_sensitive": masks[1]}
    entries = [own]
    secrets = sensitive_texts(plan(own))
    if where == "copied" and secrets:  # to an argument that nobody has marked
        text = f"16.1-{max(secrets)}"
        one = {"engine_version": text}
        entries.append(entry("aws_rds_cluster.b", "replace", one, {}, replace_paths=[["engine_version"]]))
    drift = [entry(address, "change", values[0], values[1])]
    drift[0]["change"] |= {"before_sensitive": masks[0], "after_sensitive": masks[1]}
    outputs = {"url": {"actions": ["update"], "before": MARKER, "after": "x", "before_sensitive": True}}
    assert MARKER not in every_format(plan(*entries, resource_drift=drift, output_changes=outputs))


@pytest.mark.parametrize("case", ["builtin", "platform"])
def test_a_plan_of_terraform_shows_no_password(case: str) -> None:
    assert "hidden-" in json.dumps(made(case))
    assert "hidden-" not in every_format(made(case))


@pytest.mark.parametrize("case", ["builtin", "platform"])
def test_the_text_of_a_plan_is_cleaned_of_what_terraform_leaves_in_it(case: str) -> None:
    text = (FOLDER / case / "plan.txt").read_text(encoding="utf-8")
    cleaned = clean(text, made(case))
    assert "hidden-password" not in cleaned
    assert cleaned.count("\n") == text.count("\n")


def test_terraform_does_leave_a_password_in_the_text() -> None:
    """Otherwise `clean` would not be needed."""
    assert "hidden-password" in (FOLDER / "builtin" / "plan.txt").read_text(encoding="utf-8")


def test_an_address_stays_readable_when_a_user_has_the_same_name() -> None:
    own = entry("aws_db_instance.postgres", "change", {"username": "postgres"}, {}, sensitive={"username": True})
    text = '  # aws_db_instance.postgres will be updated\n  ~ resource "x" "postgres" {\n      - username = "postgres"'
    cleaned = clean(text, plan(own))
    assert cleaned.splitlines()[:2] == text.splitlines()[:2]
    assert cleaned.splitlines()[2] == f'      - username = "{HIDDEN}"'


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({"output_changes": {"a": {"actions": [], "after": ["x", {"b": 7}], "after_sensitive": True}}}, {"x", "7"}),
        (
            {
                "variables": {"a": {"value": "x"}, "b": {"value": "y"}},
                "configuration": {"root_module": {"variables": {"a": {"sensitive": True}, "b": {}}}},
            },
            {"x"},
        ),
        (
            {
                "prior_state": {
                    "values": {
                        "outputs": {"o": {"value": "x", "sensitive": True}, "p": {"value": "y", "sensitive": False}},
                        "root_module": {
                            "child_modules": [
                                {"resources": [{"values": {"a": ["y", "z"]}, "sensitive_values": {"a": [False, True]}}]}
                            ]
                        },
                    }
                }
            },
            {"x", "z"},
        ),
        ({"planned_values": {"outputs": {"o": {"value": "x", "sensitive": True}}}}, {"x"}),
    ],
)
def test_every_place_of_a_plan_is_looked_at(content: dict[str, Any], found: set[str]) -> None:
    assert sensitive_texts(content) == found


def test_what_often_holds_a_secret_is_hidden_without_a_mark() -> None:
    mask = Mask(frozenset())
    for name in ("password", "user_data", "setting[0].value", "container_definitions", "environment.variables"):
        assert mask.show("x", name) == HIDDEN
    assert mask.show("16.4", "engine_version") == '"16.4"'
    assert mask.show(None, "password") == "null"
    assert mask.show(UNKNOWN, "password") == "(known after apply)"


def test_a_short_secret_is_hidden_only_as_a_whole() -> None:
    mask = Mask(frozenset({"16", "abcd"}))
    assert mask.show("16", "size") == HIDDEN
    assert mask.show(16, "size") == HIDDEN
    assert mask.show("160", "size") == '"160"'
    assert mask.show("x-abcd-y", "size") == HIDDEN


@pytest.mark.parametrize("secret", ['a"quote', "line one\nline two", "a\ttab", "back\\slash", "naïve-é", "a<b>&c"])
def test_a_secret_is_hidden_however_it_is_nested_and_escaped(secret: str) -> None:
    mask = Mask(frozenset({secret}))
    encoded = json.dumps({"a": secret})
    by_terraform = encoded.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    for value in ([secret], {"k": [f"x{secret}y"]}, {secret: 1}, encoded, by_terraform, json.dumps([encoded])):
        assert mask.show(value, "lines") == HIDDEN
    assert mask.show(["another"], "lines") == '["another"]'


def test_a_short_secret_is_hidden_inside_of_a_list() -> None:
    assert Mask(frozenset({"abc"})).show({"k": ["abc", 1]}, "lines") == HIDDEN


def test_a_secret_of_several_lines_is_hidden_where_the_text_indents_it() -> None:
    secret = "# first-part\n  second-part\n"
    own = entry("aws_x.y", "change", {"input": secret, "output": secret}, {}, sensitive={"input": True})
    text = "  # aws_x.y will be updated\n      - output = <<-EOT\n            # first-part\n              second-part\n"
    cleaned = clean(text, plan(own))
    assert "part" not in cleaned
    assert cleaned.startswith("  # aws_x.y will be updated\n")


def test_a_long_value_is_cut() -> None:
    assert len(Mask(frozenset()).show("x" * 1000, "name")) <= 60
    assert Mask(frozenset()).show(list(range(100)), "name") == "(100 items)"


def test_a_mask_covers_all_below_it() -> None:
    assert at(True, "a") is True
    assert at({"a": [False, True]}, "b") is False
    assert at([True], 1) is False
    assert marks_any({"a": [{}, {"b": True}]})
    assert not marks_any({"a": [{}, {"b": False}]})


@pytest.mark.parametrize(
    "text",
    ["redis://:p4ss@cache", "AKIA" + "A" * 16, '{"url": "redis://:p4ss@cache"}', "cmVkaXM6Ly86cDRzc0BjYWNoZTo2Mzc5"],
)
def test_what_looks_like_a_secret_is_hidden_without_a_mark(text: str) -> None:
    assert Mask(frozenset()).show(text, "description") == HIDDEN
    assert Mask(frozenset()).show({"a": [text]}, "tags") == HIDDEN
    assert Mask(frozenset()).show({text: "a"}, "tags") == HIDDEN


@pytest.mark.parametrize("name", ["db_password", "private_key", "api_key", "user_data", "container_definitions"])
def test_an_argument_that_holds_secrets_is_hidden_by_its_name(name: str) -> None:
    assert Mask(frozenset()).show("x", name) == HIDDEN
    assert Mask(frozenset()).show("x", "engine_version") == '"x"'


def test_the_text_of_a_plan_has_no_secret_without_a_mark() -> None:
    key = "-----BEGIN PRIVATE KEY-----\n        MIIEabc\n"
    text = f'  # aws_x.y will be created\n      + a = "redis://:p4ss@cache"\n      + b = <<-EOT\n        {key}'
    found = clean(text, {})
    assert "p4ss" not in found
    assert "MIIE" not in found
    assert found.startswith("  # aws_x.y will be created\n      + a = ")
