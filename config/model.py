"""The one kind of settings class: frozen, strict about types, closed to unknown keys, checked as a whole."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from config.errors import MISSING, Problem

Check = Callable[..., Iterator[Problem]]
"""A function that takes settings by their names and yields what is wrong between them.

A parameter `network__zones` is the setting `zones` of the table `network`.
"""

PROBLEMS = "problems"
"""The pydantic error type that carries Problems in its context."""

ONE_BY_ONE: Mapping[str, bool] = {"one_by_one": True}
"""Validation context that checks each setting alone and leaves out the checks between settings."""


class Model(BaseModel):
    """A table of settings that cannot exist in a wrong state.

    A subclass names the checks between its settings in `checks`, or overrides `problems`. The first is
    better: a check runs as soon as the settings it takes are valid, even if others in the file are not.
    """

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        validate_default=True,
        use_attribute_docstrings=True,
    )

    checks: ClassVar[tuple[Check, ...]] = ()

    def problems(self) -> Iterator[Problem]:
        """Yield all that is wrong between settings, with keys relative to this table."""
        yield from self.problems_among(dict(self))

    @classmethod
    def problems_among(cls, settings: Mapping[str, Any]) -> Iterator[Problem]:
        """Yield what those checks find that need no other settings than these."""
        for check in cls.checks:
            taken = {name: _setting(settings, name) for name in inspect.signature(check).parameters}
            if not any(value is MISSING for value in taken.values()):
                yield from check(**taken)

    @model_validator(mode="after")
    def _has_no_problems(self, info: ValidationInfo) -> Self:
        if info.context is ONE_BY_ONE:
            return self
        if problems := tuple(self.problems()):
            raise PydanticCustomError(
                PROBLEMS,
                "{text}",
                {"text": "\n".join(map(str, problems)), "problems": problems},
            )
        return self


def _setting(settings: Mapping[str, Any], name: str) -> object:
    value: object = settings
    for part in name.split("__"):
        table = dict(value) if isinstance(value, Model | Mapping) else {}
        value = table.get(part, MISSING)
    return value
