"""Values of Terraform JSON as expressions of HCL; `terraform fmt` aligns them afterwards."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from hcl.templates import literal, only_expression, parse, quote

if TYPE_CHECKING:
    from collections.abc import Callable

IDENTIFIER: Final = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
_KEYWORDS: Final = frozenset({"for", "if", "in", "true", "false", "null"})
_ONE_LINE: Final = 100
"""Characters up to which a list stays on one line."""


def expression(value: Any) -> str:  # noqa: ANN401 - JSON is of any type
    """A value in which strings are templates."""
    return _written(value, text)


def constant(value: Any) -> str:  # noqa: ANN401 - JSON is of any type
    """A value in which strings are texts, as where Terraform evaluates nothing: a backend, a variable's default."""
    return _written(value, literal)


def text(template: str) -> str:
    """A template: an expression if it is nothing else, a quoted string otherwise."""
    parts = parse(template)
    code = only_expression(parts)
    if code is None:
        return quote(parts)
    return f"({code})" if "\n" in code else code


def reference(value: Any) -> str:  # noqa: ANN401 - JSON is of any type
    """What JSON has as a string and HCL as a reference: `depends_on`, `provider`, `moved`; a list of such too."""
    if isinstance(value, list):
        return _listed([reference(item) for item in value])
    parts = parse(str(value))
    return only_expression(parts) or str(value)


def key(name: str, *, evaluated: bool = True) -> str:
    """A key of an object."""
    if IDENTIFIER.fullmatch(name) and name not in _KEYWORDS:
        return name
    if not evaluated:
        return literal(name)
    code = only_expression(parts := parse(name))
    return quote(parts) if code is None else f"({code})"


def _written(value: Any, string: Callable[[str], str]) -> str:  # noqa: ANN401 - JSON is of any type
    if isinstance(value, str):
        return string(value)
    if isinstance(value, list):
        return _listed([_written(item, string) for item in value])
    if isinstance(value, dict):
        evaluated = string is text
        items = [f"{key(name, evaluated=evaluated)} = {_written(item, string)}" for name, item in value.items()]
        return "{\n" + "".join(f"{item}\n" for item in items) + "}" if items else "{}"
    return json.dumps(value)


def _listed(items: list[str]) -> str:
    line = f"[{', '.join(items)}]"
    if len(line) <= _ONE_LINE and "\n" not in line:
        return line
    return "[\n" + "".join(f"{item},\n" for item in items) + "]"
