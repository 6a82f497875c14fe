"""Every form in which Terraform JSON can hold a policy: the same statements, in other words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

Policy = dict[str, Any]
Written = tuple[Any, dict[str, Any]]
"""The value of the argument, and what the stack needs besides."""

_BLOCK: Final = {
    "Action": "actions",
    "NotAction": "not_actions",
    "NotResource": "not_resources",
    "Resource": "resources",
    "Sid": "sid",
    "Effect": "effect",
}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def expression(value: Any) -> str:
    """A value as an expression of Terraform."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {expression(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(expression, value))}]"
    return json.dumps(value)


def as_blocks(policy: Policy) -> dict[str, Any]:
    """A policy as the arguments of `data.aws_iam_policy_document`."""
    return {"statement": [_block(statement) for statement in policy["Statement"]]}


def _block(statement: dict[str, Any]) -> dict[str, Any]:
    block: dict[str, Any] = {
        _BLOCK[name]: value if name in ("Effect", "Sid") else _listed(value)
        for name, value in statement.items()
        if name in _BLOCK
    }
    for element, argument in (("Principal", "principals"), ("NotPrincipal", "not_principals")):
        if element in statement:
            named = statement[element]
            named = {"*": "*"} if named == "*" else named
            block[argument] = [{"type": kind, "identifiers": _listed(names)} for kind, names in named.items()]
    if "Condition" in statement:
        block["condition"] = [
            {"test": operator, "variable": key, "values": _listed(values)}
            for operator, keys in statement["Condition"].items()
            for key, values in keys.items()
        ]
    return {key: _with_data_variables(value) for key, value in block.items()}


def _with_data_variables(value: Any) -> Any:
    text = json.dumps(value)
    return json.loads(text.replace("$${", "&{"))


def _changed(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Policy], Written]:
    return lambda policy: (json.dumps({**policy, "Statement": [change(one) for one in policy["Statement"]]}), {})


def _lists(statement: dict[str, Any]) -> dict[str, Any]:
    return {key: _listed(value) if key in ("Action", "Resource") else value for key, value in statement.items()}


def _reversed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _reversed(item) for key, item in reversed(value.items())}
    return list(reversed([_reversed(item) for item in value])) if isinstance(value, list) else value


def _lowercase(policy: Policy) -> Written:
    statements = [{key.lower(): value for key, value in one.items()} for one in policy["Statement"]]
    return json.dumps({"version": policy["Version"], "statement": statements}), {}


def _alone(policy: Policy) -> Written:
    statements = policy["Statement"]
    return json.dumps({**policy, "Statement": statements[0] if len(statements) == 1 else statements}), {}


def _from_data(policy: Policy) -> Written:
    data = {"aws_iam_policy_document": {"written": as_blocks(policy)}}
    return "${data.aws_iam_policy_document.written.json}", {"data": data}


def _merged_data(policy: Policy) -> Written:
    data = {
        "aws_iam_policy_document": {
            "inner": as_blocks(policy),
            "outer": {"source_policy_documents": ["${data.aws_iam_policy_document.inner.json}"]},
        }
    }
    return "${data.aws_iam_policy_document.outer.minified_json}", {"data": data}


def _escaped(policy: Policy) -> Written:
    return json.dumps(policy).replace("*", "\\u002a").replace("Statement", "\\u0053tatement"), {}


def _interpolated(policy: Policy) -> Written:
    statements = "${jsonencode(local.statements)}"
    return f'{{"Version": "2012-10-17", "Statement": {statements}}}', {"locals": {"statements": policy["Statement"]}}


def _merged_objects(policy: Policy) -> Written:
    statements = f"concat({expression(policy['Statement'])}, [])"
    return f'${{jsonencode(merge({{Version = "2012-10-17"}}, {{Statement = {statements}}}))}}', {}


FORMS: Final[dict[str, Callable[[Policy], Written]]] = {
    "JSON": lambda policy: (json.dumps(policy), {}),
    "JSON of a heredoc": lambda policy: (f"\n{json.dumps(policy, indent=4)}\n", {}),
    "escaped JSON": _escaped,
    "in reverse": lambda policy: (json.dumps(_reversed(policy)), {}),
    "lists": _changed(_lists),
    "without Sid": _changed(lambda one: {key: value for key, value in one.items() if key != "Sid"}),
    "lowercase elements": _lowercase,
    "one statement without a list": _alone,
    "jsonencode": lambda policy: (f"${{jsonencode({expression(policy)})}}", {}),
    "jsonencode of a local": lambda policy: ("${jsonencode(local.policy)}", {"locals": {"policy": policy}}),
    "local text": lambda policy: ("${local.policy}", {"locals": {"policy": json.dumps(policy)}}),
    "default of a variable": lambda policy: (
        "${var.policy}",
        {"variable": {"policy": {"type": "string", "default": json.dumps(policy)}}},
    ),
    "part of a template": _interpolated,
    "data source": _from_data,
    "data source of a data source": _merged_data,
    "JSON in JSON": lambda policy: (json.dumps({"Resources": {"A": {"Document": json.dumps(policy)}}}), {}),
    "object in JSON": lambda policy: (json.dumps({"Resources": {"A": {"Properties": {"Document": policy}}}}), {}),
    "merged objects": _merged_objects,
}
"""How a policy is written, by a name for it."""
