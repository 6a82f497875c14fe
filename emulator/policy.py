"""Reading policy documents, in which AWS allows one of anything to stand without its list."""

from __future__ import annotations

import json
from typing import Any


def as_list(value: Any) -> list[Any]:
    """Return a list as it is, and anything else as the only member of one."""
    return value if isinstance(value, list) else [value]


def statements(policy: str) -> list[dict[str, Any]]:
    """Return the statements of a policy document."""
    return as_list(json.loads(policy)["Statement"])
