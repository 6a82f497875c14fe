"""The only reader of TOML: reads a file into a table and a table into a Model, and reports every problem."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from config.descriptions import descriptions
from config.errors import MISSING, ConfigError, Problem, join_key, list_allowed, nearest, render_value
from config.model import ONE_BY_ONE, PROBLEMS, Incomplete, Model, item_model, table_model

_EXPECTED: Final = {
    "string_type": "must be text in quotes",
    "int_type": "must be an integer without quotes",
    "float_type": "must be a number without quotes",
    "bool_type": "must be true or false without quotes",
    "date_type": "must be a date without quotes, like 2027-06-30",
    "tuple_type": "must be a list in [ ]",
    "model_type": "must be a table",
    "dict_type": "must be a table",
    "mapping_type": "must be a table",
}
"""Messages for pydantic's type errors, in the terms of TOML."""

_BOUNDS: Final = {
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "too_short": "must have {min_length} or more entries, not {actual_length}",
}
"""Messages for pydantic's errors about bounds."""

_TOMLLIB_KEY: Final = r"\('[^']*'(, '[^']*')*,?\)"
"""How tomllib writes a key in a message: as a Python tuple."""

_TYPES: Final = (
    (bool, "true or false"),  # before int: in Python a bool is an int
    (str, "text"),
    (int, "a number"),
    (float, "a decimal number"),
    (tuple, "a list"),
    (Mapping, "a table"),
    ((date, time), "a date or time"),
)

Location = tuple[str | int, ...]

M = TypeVar("M", bound=Model)


def load_model(model: type[M], file: Path) -> M:
    """Read a file into a model.

    Raises:
        ConfigError: with every problem of the file.
    """
    return validate_table(model, parse_table(read_text(file), file=file), file=file)


def read_text(file: Path) -> str:
    """Read the text of a file.

    Raises:
        ConfigError: It cannot be read, or is not text.
    """
    if file.exists() and not (file.is_file() or file.is_dir()):
        raise _file_error(file, "is a pipe or a device; it must be a file")  # to read it could wait for ever
    try:
        # -sig: some editors start a file with a byte order mark.
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _file_error(file, f"is not UTF-8 text (byte {error.start + 1}); save it as UTF-8") from None
    except IsADirectoryError:
        raise _file_error(file, "is a directory; it must be a file") from None
    except OSError as error:
        raise _file_error(file, f"cannot be read: {error.strerror}") from None
    return text


def parse_table(text: str, *, file: Path) -> dict[str, Any]:
    """Parse the text of a TOML file, with tuples for lists; the path is only for messages.

    Raises:
        ConfigError: It is not valid TOML.
    """
    try:
        return {key: _freeze(value) for key, value in tomllib.loads(text).items()}
    except RecursionError:
        raise _file_error(file, "is not valid TOML: its lists or tables are nested too deeply") from None
    except tomllib.TOMLDecodeError as error:
        lines = text.split("\n")
        end = f"at line {len(lines)}, column {len(lines[-1]) + 1}, the end"
        message = re.sub(_TOMLLIB_KEY, _render_key, str(error)).replace("at end of document", end)
        raise _file_error(file, f"is not valid TOML: {message}") from None
    except ValueError:
        # From Python, not tomllib: a decimal number of more than 4300 digits.
        raise _file_error(file, "is not valid TOML: it contains a number that is too long") from None


def validate_table(model: type[M], table: Mapping[str, Any], *, file: Path) -> M:
    """Create the model of a table.

    Raises:
        ConfigError: with every problem of the table, also those that pydantic does not reach.
    """
    try:
        return model.model_validate(table)
    except ValidationError as error:
        problems = problems_from(error, model)
        unchecked = (problem for problem in _unchecked_problems(model, table) if problem not in problems)
        raise ConfigError(*problems, *unchecked, file=file) from None


def problems_from(error: ValidationError, model: type[Model]) -> list[Problem]:
    """The problems in a pydantic error, in the terms of TOML."""
    details = error.errors(include_url=False)
    meant = {
        (*detail["loc"][:-1], close)
        for detail in details
        if detail["type"] == "extra_forbidden" and (close := _nearest_setting(model, detail["loc"]))
    }
    return [
        problem
        for detail in details
        # One mistyped key is one problem, not also a missing setting.
        if not (detail["type"] == "missing" and detail["loc"] in meant) and not _counts_valid_entries_only(detail)
        for problem in _problems_of_detail(detail, model)
    ]


def _file_error(file: Path, allowed: str) -> ConfigError:
    return ConfigError(Problem(key="", allowed=allowed), file=file)


def _render_key(key: re.Match[str]) -> str:
    return ".".join(re.findall(r"'([^']*)'", key[0]))


def _freeze(value: object) -> object:
    match value:
        case list():
            return tuple(_freeze(item) for item in value)
        case dict():
            return {key: _freeze(item) for key, item in value.items()}
        case _:
            return value


def _problems_of_detail(detail: ErrorDetails, model: type[Model]) -> Iterator[Problem]:
    location, kind, value, context = detail["loc"], detail["type"], detail["input"], detail.get("ctx", {})
    if location[-1:] == ("[key]",):
        location, value = location[:-1], MISSING
    key = _render_location(location)
    if kind == PROBLEMS:
        yield from (problem.below(key) for problem in context["problems"])
    elif kind == "missing":
        yield Problem(key=key, allowed=f"is missing; {_describe(model, location)}")
    elif kind == "extra_forbidden":
        yield Problem(key=key, value=value, allowed=_explain_unknown(model, location))
    else:
        yield Problem(key=key, value=value, allowed=_explain_kind(kind, value, context))


def _counts_valid_entries_only(detail: ErrorDetails) -> bool:
    """Whether pydantic reports a list as too short only because invalid entries, also reported, are not counted."""
    if detail["type"] != "too_short":
        return False
    minimum: int = detail["ctx"]["min_length"]
    return isinstance(detail["input"], tuple) and len(detail["input"]) >= minimum


def _explain_kind(kind: str, value: object, context: Mapping[str, Any]) -> str:
    if kind == "finite_number":
        return "must be a number, and neither nan nor inf"
    if kind in _EXPECTED:
        return f"{_EXPECTED[kind]}, not {_name_type(value)}"
    if kind in _BOUNDS:
        return _BOUNDS[kind].format(**context)
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", context["expected"])
        return list_allowed(choices, meant=nearest(value, choices), quote='"')
    return "is not a valid value of this setting"


def _name_type(value: object) -> str:
    return next((name for kind, name in _TYPES if isinstance(value, kind)), "this")


def _render_location(location: Location) -> str:
    key = ""
    for part in location:
        if isinstance(part, int):
            key = join_key(key, f"[{part}]")
        else:
            key = join_key(key, part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else render_value(part))
    return key


def _find_model(root: type[Model], location: Location) -> type[Model] | None:
    """The model of the table at this place in the file."""
    model: type[Model] | None = root
    field: FieldInfo | None = None
    for part in location:
        if model is not None:
            field = model.model_fields.get(str(part))
            model = table_model(field)
        else:
            model = item_model(field)
    return model


def _setting_names(model: type[Model]) -> list[str]:
    return [name for name in model.model_fields if name not in model.not_in_file]


def _nearest_setting(root: type[Model], location: Location) -> str | None:
    model = _find_model(root, location[:-1])
    return nearest(location[-1], _setting_names(model)) if model else None


def _explain_unknown(root: type[Model], location: Location) -> str:
    model = _find_model(root, location[:-1])
    settings = _setting_names(model) if model else []
    return f"unknown setting; {list_allowed(settings, meant=_nearest_setting(root, location))}"


def _describe(root: type[Model], location: Location) -> str:
    model = _find_model(root, location[:-1])
    description = (descriptions(model).get(str(location[-1])) if model else None) or "add it"
    # "Tasks that .." continues in lowercase, "CPU of .." does not.
    start = description[0].lower() if description[1].islower() else description[0]
    return start + description[1:].rstrip(".")


def _unchecked_problems(model: type[Model], table: Mapping[str, Any], place: Location = ()) -> Iterator[Problem]:
    """Problems between the valid settings of tables that also have an invalid one.

    pydantic checks a table as a whole only if all of it is valid, but a person wants to see all problems at once.
    """
    for name, field in model.model_fields.items():
        for part, part_model, part_table in _nested_tables(field, table.get(name)):
            yield from _unchecked_problems(part_model, part_table, (*place, name, *part))
    for problem in model.problems_among(_valid_settings(model, table)):
        yield problem.below(_render_location(place))


def _valid_settings(model: type[Model], table: Mapping[str, Any]) -> Incomplete:
    """The settings that are valid alone; of an invalid nested table, its valid settings."""
    valid = Incomplete()
    # A mistyped setting is there but not valid; its default would be wrong.
    meant = {nearest(name, _setting_names(model)) for name in table if name not in model.model_fields}
    for name, field in model.model_fields.items():
        if name not in table:
            if not field.is_required() and name not in meant:
                valid[name] = field.get_default(call_default_factory=True)
            continue
        value = table[name]
        try:
            valid[name] = _adapter(model, name).validate_python(value, strict=True, context=ONE_BY_ONE)
        except ValidationError:
            inner = table_model(field)
            if inner and isinstance(value, Mapping):
                valid[name] = _valid_settings(inner, value)
    return valid


@cache
def _adapter(model: type[Model], name: str) -> TypeAdapter[Any]:
    field = model.model_fields[name]
    annotation: Any = field.annotation
    for metadata in field.metadata:
        annotation = Annotated[annotation, metadata]
    return TypeAdapter(annotation)


def _nested_tables(field: FieldInfo, value: object) -> Iterator[tuple[Location, type[Model], Mapping[str, Any]]]:
    """The tables of settings directly in a setting, each with its place."""
    if (model := table_model(field)) and isinstance(value, Mapping):
        yield (), model, value
    elif model := item_model(field):
        items: Iterator[tuple[str | int, object]] = iter(())
        if isinstance(value, tuple):
            items = iter(enumerate(value))
        elif isinstance(value, Mapping):
            items = iter(value.items())
        for part, item in items:
            if isinstance(item, Mapping):
                yield (part,), model, item
