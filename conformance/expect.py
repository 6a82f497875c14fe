"""What a clause expects of a value: a test, words for a person, and a value that meets it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Expectation:
    """One expectation."""

    text: str
    """After the name of an argument: `must be 7`."""
    holds: Callable[[Any], bool] = field(repr=False)
    sample: object = field(default=None, repr=False)
    """A value that meets it, with which an absence is disproved; None if nothing looks for its absence."""


def equals(value: object) -> Expectation:
    """Exactly this value; 1 is neither "1" nor true."""

    def holds(found: object) -> bool:
        return found == value and isinstance(found, bool) == isinstance(value, bool)

    return Expectation(f"must be {_json(value)}", holds, value)


def one_of(*values: object) -> Expectation:
    """One of these values."""
    return Expectation(f"must be one of {', '.join(map(_json, values))}", lambda found: found in values, values[0])


def at_least(number: float) -> Expectation:
    """A number that is not less."""
    return Expectation(f"must be {number} or more", lambda found: _is_number(found) and found >= number)


def positive() -> Expectation:
    """A number above 0."""
    return Expectation("must be above 0", lambda found: _is_number(found) and found > 0)


def at_most(number: float) -> Expectation:
    """A number above zero that is not more."""
    return Expectation(f"must be above 0 and at most {number}", lambda found: _is_number(found) and 0 < found <= number)


def mentions(*parts: str) -> Expectation:
    """A text, or JSON, in which each part occurs."""

    def holds(found: object) -> bool:
        text = found if isinstance(found, str) else _json(found)
        return found is not None and all(part in text for part in parts)

    return Expectation(f"must mention {' and '.join(map(_json, parts))}", holds, " ".join(parts))


def ends(part: str) -> Expectation:
    """A text that ends so."""
    return Expectation(
        f"must end with {_json(part)}", lambda found: isinstance(found, str) and found.endswith(part), part
    )


def includes(*values: object) -> Expectation:
    """A list that has each of these items."""
    return Expectation(
        f"must include {', '.join(map(_json, values))}",
        lambda found: isinstance(found, list) and all(value in found for value in values),
        list(values),
    )


def has_items(number: int) -> Expectation:
    """A list of exactly this length."""
    return Expectation(f"must have {number} items", lambda found: isinstance(found, list) and len(found) == number)


def is_set() -> Expectation:
    """Any text or number but an empty one, and no placeholder of a mutation."""
    return Expectation("must be set", lambda found: bool(found) and found != PLANTED, "set")


def is_there() -> Expectation:
    """Any value, false and 0 included, but no placeholder of a mutation."""
    return Expectation("must be there", lambda found: found is not None and found != PLANTED)


def grants_no_wildcard() -> Expectation:
    """Statements of a policy of which none allows every action of AWS or of one of its services."""

    def holds(found: object) -> bool:
        allowed = [one for one in blocks(found) if one.get("Effect") == "Allow"]
        actions = [action for one in allowed for action in _listed(one.get("Action"))]
        return (
            bool(actions)
            and all("NotAction" not in one for one in allowed)
            and not any(action == "*" or action.endswith(":*") for action in actions)
        )

    return Expectation("must allow named actions only", holds)


PLANTED = "planted"
"""The text that a mutation writes in the place of another one."""


def _listed(value: object) -> list[str]:
    return [value] if isinstance(value, str) else [str(one) for one in value] if isinstance(value, list) else []


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
