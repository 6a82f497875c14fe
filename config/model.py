"""The one kind of settings class: frozen, strict about types, closed to unknown keys, checked as a whole."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from types import NoneType
from typing import Any, ClassVar, Self, get_args

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from config.errors import MISSING, Problem, list_allowed, nearest

Check = Callable[..., Iterator[Problem]]
"""A function that takes settings by their names and yields what is wrong between them.

A parameter `network__zones` is the setting `zones` of the table `network`; of a table that is left out, every setting
is None. A name that is not a setting is an error when the class is made: the check would never run, and nobody would
notice.
"""

PROBLEMS = "problems"
"""The pydantic error type that carries Problems in its context."""

ONE_BY_ONE: Mapping[str, bool] = {"one_by_one": True}
"""Validation context that checks each setting alone and leaves out the checks between settings."""

_BELOW = "__"
"""Between the name of a table and the name of a setting in it, in a check's parameter."""


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

    not_in_file: ClassVar[frozenset[str]] = frozenset()
    """Settings that the program gives: no file has them, and no message offers them."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401 - pydantic's own signature
        """Refuse a check whose parameter is not a setting.

        Raises:
            TypeError: with the class, the check, the parameter and the nearest name that is allowed.
        """
        super().__pydantic_init_subclass__(**kwargs)
        for check in cls.checks:
            for parameter in inspect.signature(check).parameters:
                _require_setting(cls, check, parameter)

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


def table_model(field: FieldInfo | None) -> type[Model] | None:
    """The model of a setting that is one table, also of one that may be left out."""
    annotation = field.annotation if field else None
    match get_args(annotation):
        case (table, none) if none is NoneType:
            annotation = table
    return annotation if isinstance(annotation, type) and issubclass(annotation, Model) else None


def item_model(field: FieldInfo | None) -> type[Model] | None:
    """The model of the tables in a setting that is a list of tables, or tables by name."""
    types = get_args(field.annotation) if field else ()
    return next((t for t in types if isinstance(t, type) and issubclass(t, Model)), None)


def _setting(settings: Mapping[str, Any], name: str) -> object:
    value: object = settings
    for part in name.split(_BELOW):
        if value is None:
            return None  # of a table that is left out
        table = dict(value) if isinstance(value, Model | Mapping) else {}
        value = table.get(part, MISSING)
    return value


def _require_setting(model: type[Model], check: Check, parameter: str) -> None:
    """Follow a parameter's name through the tables that it names."""
    table: type[Model] | None = model
    parts = parameter.split(_BELOW)
    for depth, part in enumerate(parts):
        before = parts[:depth]
        if table is None:
            raise _wrong_parameter(model, check, parameter, f"a check cannot look below {_joined(before)}; take that")
        if part not in table.model_fields:
            close = nearest(part, list(table.model_fields))
            allowed = list_allowed(
                [_joined([*before, name]) for name in table.model_fields],
                meant=_joined([*before, close, *parts[depth + 1 :]]) if close else None,
            )
            raise _wrong_parameter(model, check, parameter, f"which is not a setting; {allowed}")
        table = table_model(table.model_fields[part])


def _wrong_parameter(model: type[Model], check: Check, parameter: str, wrong: str) -> TypeError:
    return TypeError(f"{model.__name__}: the check {check.__name__} takes {parameter}: {wrong}")


def _joined(parts: list[str]) -> str:
    return _BELOW.join(parts)
