"""All rules, by topic; a new rule is a decorated function in its topic's file and a sample in tests/compliance."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from compliance.rule import Rule

RULES: Final[tuple[Rule, ...]] = tuple(
    value
    for topic in sorted(module.name for module in iter_modules(__path__))
    for value in vars(import_module(f"{__name__}.{topic}")).values()
    if isinstance(value, Rule)
)
