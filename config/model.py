"""The base class of all settings: frozen, strict about types, without unknown keys, checked as a whole."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import NoneType
from typing import Any, ClassVar, Self, get_args

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from config.errors import MISSING, Problem, list_allowed, nearest
from config.texts import check_texts

Check = Callable[..., Iterator[Problem]]
"""A function that takes settings by their names and yields problems between them.

A parameter `network__zones` is the setting `zones` of the table `network`; if that table is missing, all its settings
are None. A parameter that is not a setting is an error when the class is created, because its check would never run
and the mistake would stay unnoticed.
"""

PROBLEMS = "problems"
"""The pydantic error type that carries Problems in its context."""

ONE_BY_ONE: Mapping[str, bool] = {"one_by_one": True}
"""Validation context in which each setting is checked alone, without the checks between settings."""

_BELOW = "__"
"""Separates the name of a table from the name of its setting in a parameter of a check."""


class Incomplete(dict[str, Any]):
    """The valid settings of a table that also has an invalid one."""


class Model(BaseModel):
    """A table of settings that is always valid.

    A subclass lists the checks between its settings in `checks`, or overrides `problems`. Prefer the first: a check
    runs as soon as the settings it takes are valid, even if others in the file are not.
    """

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        validate_default=True,
    )

    checks: ClassVar[tuple[Check, ...]] = ()

    not_in_file: ClassVar[frozenset[str]] = frozenset()
    """Settings that the program sets: no file has them, and no message offers them."""

    judged_alone: ClassVar[frozenset[str]] = frozenset()
    """Settings whose texts are not searched for secrets here: a check of the table knows more, or a secret is meant."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401 - pydantic's own signature
        """Refuse a check with a parameter that is not a setting.

        Raises:
            TypeError: with the class, the check, the parameter and the nearest name that is allowed.
        """
        super().__pydantic_init_subclass__(**kwargs)
        for check in cls.checks:
            for parameter in inspect.signature(check).parameters:
                _require_setting(cls, check, parameter)

    def problems(self) -> Iterator[Problem]:
        """Yield all problems between settings, with keys relative to this table."""
        yield from self.problems_among(dict(self))

    @classmethod
    def problems_among(cls, settings: Mapping[str, Any], checks: Sequence[Check] | None = None) -> Iterator[Problem]:
        """Yield the problems of those checks that need only these settings; None stands for all checks of the table.

        A check whose parameter is an `object` only asks whether a table is there; others need all of its settings.
        """
        reported = set()
        for check in cls.checks if checks is None else checks:
            parameters = inspect.signature(check).parameters
            taken = {name: _setting(settings, name) for name in parameters}
            if not any(
                value is MISSING
                or (isinstance(value, Incomplete) and parameters[name].annotation not in {object, "object"})
                for name, value in taken.items()
            ):
                for problem in check(**taken):
                    reported.add(problem.key)
                    yield problem
        if checks is None:
            further = (*_listed_twice(cls, settings), *check_texts(settings, judged_alone=cls.judged_alone))
            for problem in further:
                if not reported & {problem.key, problem.key.partition("[")[0]}:
                    yield problem

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


def _listed_twice(model: type[Model], settings: Mapping[str, Any]) -> Iterator[Problem]:
    """Entries that a list has twice, if its schema says that editors refuse that."""
    for name, field in model.model_fields.items():
        extra, values = field.json_schema_extra, settings.get(name)
        if isinstance(extra, dict) and extra.get("uniqueItems") and isinstance(values, tuple):
            for index, value in enumerate(values):
                if value in values[:index]:
                    yield Problem(key=f"{name}[{index}]", value=value, allowed="is listed twice; remove one")


def table_model(field: FieldInfo | None) -> type[Model] | None:
    """The model of a setting that is a table, even if it is optional."""
    annotation = field.annotation if field else None
    match get_args(annotation):
        case (table, none) if none is NoneType:
            annotation = table
    return annotation if isinstance(annotation, type) and issubclass(annotation, Model) else None


def item_model(field: FieldInfo | None) -> type[Model] | None:
    """The model of the items of a setting that is a list of tables, or tables by name."""
    types = get_args(field.annotation) if field else ()
    return next((t for t in types if isinstance(t, type) and issubclass(t, Model)), None)


def _setting(settings: Mapping[str, Any], name: str) -> object:
    value: object = settings
    for part in name.split(_BELOW):
        if value is None:
            return None  # the optional table is missing
        table = dict(value) if isinstance(value, Model | Mapping) else {}
        value = table.get(part, MISSING)
    return value


def _require_setting(model: type[Model], check: Check, parameter: str) -> None:
    """Follow the name of a parameter through the tables in it."""
    table: type[Model] | None = model
    parts = parameter.split(_BELOW)
    for depth, part in enumerate(parts):
        before = parts[:depth]
        if table is None:
            raise _wrong_parameter(model, check, parameter, f"a check can only take {_joined(before)} as a whole")
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
