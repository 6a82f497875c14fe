"""Hides what is sensitive: the JSON of a plan has such values in clear text, and only marks where they are.

Two things decide. A value at a place that is marked (`before_sensitive`, `after_sensitive`, `sensitive_values`, or
`sensitive` of a variable or output) is hidden; so is any other value that contains one of those, because providers copy
them to places that nobody marked.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from console.secret_texts import shapes_in, without_shapes
from console.secret_variables import is_secret_variable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HIDDEN: Final = "(sensitive)"
UNKNOWN_TEXT: Final = "(known after apply)"
_LONGEST: Final = 60
_SHORTEST: Final = 4
"""Characters from which on a sensitive value is looked for inside of others; a shorter one only as a whole."""

_HOLDER: Final = re.compile(
    r"user_data|auth|connection_string|environment|container_defin|definition|content|body|payload|value", re.IGNORECASE
)
"""Names of arguments that hold texts of people, which can have a secret without a mark; they are not shown either."""


@dataclass(frozen=True)
class Unknown:
    """A value that is known after the apply."""

    def __repr__(self) -> str:
        return UNKNOWN_TEXT


UNKNOWN: Final = Unknown()


def at(mask: object, key: str | int) -> object:
    """The part of a mask: it is `true` for all below it, or has the shape of the value as far as needed."""
    if mask is True:
        return True
    if isinstance(mask, dict):
        return mask.get(key, False)
    if isinstance(mask, list) and isinstance(key, int) and key < len(mask):
        return mask[key]
    return False


def marks_any(mask: object) -> bool:
    """Whether a mask marks anything, at any depth."""
    if isinstance(mask, dict):
        return any(map(marks_any, mask.values()))
    return any(map(marks_any, mask)) if isinstance(mask, list) else mask is True


def marked(value: object, mask: object) -> Iterator[str]:
    """Every text and number at a marked place."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from marked(item, at(mask, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from marked(item, at(mask, index))
    elif mask is True and value is not None and not isinstance(value, bool) and value != "":
        yield str(value)


def sensitive_texts(plan: Mapping[str, Any]) -> frozenset[str]:
    """All sensitive values of a plan, wherever it has them."""
    found = set(sensitive_inputs(plan))
    for change in (plan.get("output_changes") or {}).values():
        found.update(_of_change(_object(change)))
    for values in _sides(plan):
        for output in _object(values.get("outputs")).values():
            found.update(marked(_object(output).get("value"), _object(output).get("sensitive")))
    return frozenset(found)


def sensitive_inputs(plan: Mapping[str, Any]) -> frozenset[str]:
    """The sensitive values of resources and variables, without those of outputs."""
    found: set[str] = set()
    for key in ("resource_changes", "resource_drift"):
        for one in plan.get(key) or ():
            found.update(_of_change(_object(_object(one).get("change"))))
    declared = _object(_object(_object(plan.get("configuration")).get("root_module")).get("variables"))
    for name, variable in _object(plan.get("variables")).items():
        if _object(declared.get(name)).get("sensitive"):
            found.update(marked(_object(variable).get("value"), mask=True))
    for values in _sides(plan):
        found.update(_of_module(_object(values.get("root_module"))))
    return frozenset(found)


def _sides(plan: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    return _object(plan.get("planned_values")), _object(_object(plan.get("prior_state")).get("values"))


def _of_change(change: Mapping[str, Any]) -> Iterator[str]:
    for side in ("before", "after"):
        yield from marked(change.get(side), change.get(f"{side}_sensitive"))


def _of_module(module: Mapping[str, Any]) -> Iterator[str]:
    for resource in module.get("resources") or ():
        yield from marked(_object(resource).get("values"), _object(resource).get("sensitive_values"))
    for child in module.get("child_modules") or ():
        yield from _of_module(_object(child))


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _spelled(text: str) -> str:
    """A text in a form that is the same however many times JSON has escaped it.

    Terraform's `jsonencode` escapes <, > and &, too: https://developer.hashicorp.com/terraform/language/functions/jsonencode
    """
    escaped = json.dumps(text)[1:-1]
    for sign in "<>&":
        escaped = escaped.replace(sign, f"u{ord(sign):04x}")
    return escaped.replace("\\", "")


@dataclass(frozen=True)
class Mask:
    """Turns values into text that may be shown."""

    secrets: frozenset[str]
    """The sensitive values of the plan."""

    @classmethod
    def of(cls, plan: Mapping[str, Any]) -> Mask:
        """The mask of a plan."""
        return cls(sensitive_texts(plan))

    def hides(self, text: str) -> bool:
        """Whether a text is or contains a sensitive value, also inside of JSON in the text, or looks like a secret."""
        spelled = _spelled(text)
        return text in self.secrets or any(one in spelled for one in self._long) or any(shapes_in(text))

    @cached_property
    def _long(self) -> tuple[str, ...]:
        return tuple(spelled for one in self.secrets if len(spelled := _spelled(one)) >= _SHORTEST)

    def _hides_any(self, value: object) -> bool:
        if isinstance(value, dict):
            return any(self.hides(str(key)) or self._hides_any(item) for key, item in value.items())
        if isinstance(value, list):
            return any(map(self._hides_any, value))
        return value is not None and not isinstance(value, bool) and self.hides(str(value))

    def show(self, value: object, name: str, *, sensitive: object = False) -> str:
        """A value as text of at most some 60 characters.

        Args:
            value: What the plan has.
            name: The argument, like `engine_version`; the value of one that often holds a secret is hidden.
            sensitive: The mask of the plan at this place.
        """
        if isinstance(value, Unknown):
            return UNKNOWN_TEXT
        if marks_any(sensitive) or (_holds_secrets(name) and isinstance(value, str | dict | list) and value):
            return HIDDEN
        if self._hides_any(value):
            return HIDDEN
        text = json.dumps(value, ensure_ascii=False)
        if len(text) <= _LONGEST:
            return text
        if isinstance(value, str):
            return f"{text[: _LONGEST - 4]}...{text[-1]}"
        count = len(value) if isinstance(value, dict | list) else 1
        return f"({count} items)"


def _holds_secrets(argument: str) -> bool:
    return _HOLDER.search(argument) is not None or is_secret_variable(argument)


_HEADING: Final = re.compile(r" {0,2}(# |[-+~/<=.]+ (resource|data) )")
"""The lines with addresses; a value has more spaces before it."""


def clean(text: str, plan: Mapping[str, Any]) -> str:
    """The text of `terraform show` without sensitive values.

    Terraform hides them where they are marked, and prints them where a provider has copied them to: the old `output` of
    a `terraform_data` with a sensitive input. Outputs of the plan are all marked. Addresses stay readable: none can
    have a sensitive value in it (https://developer.hashicorp.com/terraform/language/meta-arguments/for_each).
    """
    # A text of several lines is printed as such, each line with an indentation.
    parts = {part for one in sensitive_inputs(plan) for part in (one, *map(str.strip, one.splitlines()))}
    secrets = sorted((one for one in parts if len(one) >= _SHORTEST), key=len, reverse=True)
    forms = [form for one in secrets for form in sorted(_printed(one), reverse=True)]
    lines = text.split("\n")
    for form in forms:
        lines = [line if _HEADING.match(line) else line.replace(form, HIDDEN) for line in lines]
    return without_shapes("\n".join(lines), HIDDEN)


def _printed(text: str) -> set[str]:
    """How Terraform may print a text: as it is, quoted, and as `jsonencode` has it."""
    quoted = json.dumps(text, ensure_ascii=False)[1:-1]
    encoded = quoted.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return {text, quoted, encoded, json.dumps(text)[1:-1]}
