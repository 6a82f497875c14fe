"""From environments/<name>.toml to an Environment, or to all that is wrong with the file, in plain words."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Final, get_args

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from config.environment import Environment, environment_name
from config.errors import MISSING, ConfigError, Problem, joined, shown
from config.model import ONE_BY_ONE, PROBLEMS, Model

ENVIRONMENTS: Final = Path("environments")

_FIRST: Final = ("dev", "staging", "prod")
_FROM_THE_FILE_NAME: Final = "name"
_EXPECTED: Final = {
    "string_type": "must be text in quotes",
    "int_type": "must be a whole number without quotes",
    "bool_type": "must be true or false without quotes",
    "tuple_type": "must be a list in [ ]",
    "model_type": "must be a table",
    "dict_type": "must be a table",
    "mapping_type": "must be a table",
}
"""What each of pydantic's errors about a type means to someone who writes TOML."""

_TOMLLIB_KEY: Final = r"\('[^']*'(, '[^']*')*,?\)"
"""How tomllib writes a key in a message: as a tuple of Python."""

_NOUNS: Final = (
    (bool, "true or false"),  # before int: a bool is one in Python
    (str, "text"),
    (int, "a number"),
    (float, "a number with a point"),
    (tuple, "a list"),
    (Mapping, "a table"),
    ((date, time), "a date or time"),
)

Location = tuple[str | int, ...]


def environment_names(folder: Path = ENVIRONMENTS) -> tuple[str, ...]:
    """The environments that have a file: dev, staging, prod, then the others by the alphabet."""
    names = {path.stem for path in folder.glob("*.toml") if not path.name.startswith(".")}
    return (*(name for name in _FIRST if name in names), *sorted(names.difference(_FIRST)))


def load_environment(name: str, *, folder: Path = ENVIRONMENTS) -> Environment:
    """Read an environment's file.

    Raises:
        ConfigError: with every problem of the file, or with the names that exist if there is no such file.
    """
    names = environment_names(folder)
    if name not in names:
        raise ConfigError(_no_such_environment(name, names, folder))
    file = folder / f"{name}.toml"
    return parse_environment(_text(file), name=name, file=file)


def parse_environment(text: str, *, name: str, file: Path) -> Environment:
    """Make an environment of a file's text; the file's path is only for messages.

    Raises:
        ConfigError: with every problem of the text.
    """
    table = _table(text, file)
    problems = []
    try:
        environment_name(name)
    except ValueError as error:
        problems.append(Problem(key="", allowed=f'the file\'s name "{name}" {error}'))
        name = "unnamed"
    if _FROM_THE_FILE_NAME in table:
        value = table.pop(_FROM_THE_FILE_NAME)
        allowed = "the environment is named by its file; remove this line"
        problems.append(Problem(key=_FROM_THE_FILE_NAME, value=value, allowed=allowed))
    table = {_FROM_THE_FILE_NAME: name, **table}
    try:
        environment = Environment.model_validate(table)
    except ValidationError as error:
        problems += _told(error)
        problems += (problem for problem in _left_unchecked(Environment, table) if problem not in problems)
    else:
        if not problems:
            return environment
    raise ConfigError(*problems, file=file)


def _no_such_environment(name: str, names: Sequence[str], folder: Path) -> Problem:
    there_are = f"there {'are' if names[1:] else 'is'} {', '.join(names) or 'none yet'}"
    close = _closest(name, names)
    hint = f"did you mean {close}? " if close else ""
    return Problem(
        key="",
        allowed=f"no environment {shown(name)} in {folder}/: {hint}{there_are}; "
        "`make new-environment NAME=..` adds one",
    )


def _text(file: Path) -> str:
    try:
        # -sig: some editors start a file with a byte order mark.
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _file_error(file, f"is not UTF-8 text (byte {error.start + 1}); save it as UTF-8") from None
    except IsADirectoryError:
        raise _file_error(file, "is a directory; an environment is a file") from None
    except OSError as error:
        raise _file_error(file, f"cannot be read: {error.strerror}") from None
    return text


def _table(text: str, file: Path) -> dict[str, Any]:
    if not text.strip():
        raise _file_error(file, "is empty; copy the settings of another environment into it")
    try:
        return {key: _frozen(value) for key, value in tomllib.loads(text).items()}
    except RecursionError:
        raise _file_error(file, "cannot be read as TOML: its lists or tables are nested too deeply") from None
    except tomllib.TOMLDecodeError as error:
        lines = text.split("\n")
        end = f"at line {len(lines)}, column {len(lines[-1]) + 1}, the end"
        message = re.sub(_TOMLLIB_KEY, _dotted, str(error)).replace("at end of document", end)
        raise _file_error(file, f"is not TOML: {message}") from None
    except ValueError:
        # Python's, not tomllib's: a decimal number of more than 4300 digits.
        raise _file_error(file, "is not TOML: a number in it is too long") from None


def _dotted(key: re.Match[str]) -> str:
    return ".".join(re.findall(r"'([^']*)'", key[0]))


def _file_error(file: Path, allowed: str) -> ConfigError:
    return ConfigError(Problem(key="", allowed=allowed), file=file)


def _frozen(value: object) -> object:
    match value:
        case list():
            return tuple(_frozen(item) for item in value)
        case dict():
            return {key: _frozen(item) for key, item in value.items()}
        case _:
            return value


def _told(error: ValidationError) -> list[Problem]:
    details = error.errors(include_url=False)
    meant = {
        (*detail["loc"][:-1], close)
        for detail in details
        if detail["type"] == "extra_forbidden" and (close := _meant(detail["loc"]))
    }
    return [
        problem
        for detail in details
        # One mistyped key is one mistake, not also a missing setting.
        if not (detail["type"] == "missing" and detail["loc"] in meant)
        for problem in _translated(detail)
    ]


def _translated(detail: ErrorDetails) -> Iterator[Problem]:
    location, kind, value, context = detail["loc"], detail["type"], detail["input"], detail.get("ctx", {})
    if location[-1:] == ("[key]",):
        location, value = location[:-1], MISSING
    if kind == PROBLEMS:
        yield from (problem.below(_key(location)) for problem in context["problems"])
    elif kind == "missing":
        yield Problem(key=_key(location), allowed=f"is missing; {_description(location)}")
    elif kind == "extra_forbidden":
        yield Problem(key=_key(location), value=value, allowed=_allowed_beside(location))
    else:
        yield Problem(key=_key(location), value=value, allowed=_rule(kind, value, context))


def _rule(kind: str, value: object, context: Mapping[str, Any]) -> str:
    if kind == "value_error":
        return str(context["error"])
    if kind in _EXPECTED:
        return f"{_EXPECTED[kind]}, not {_noun(value)}"
    if kind == "greater_than_equal":
        return f"must be {context['ge']} or more"
    if kind == "less_than_equal":
        return f"must be {context['le']} or less"
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", context["expected"])
        return _allowed(choices, meant=_closest(value, choices), quote='"')
    return "is not a value that this setting can have"


def _noun(value: object) -> str:
    return next((noun for kind, noun in _NOUNS if isinstance(value, kind)), "this")


def _key(location: Location) -> str:
    key = ""
    for part in location:
        if isinstance(part, int):
            key = joined(key, f"[{part}]")
        else:
            key = joined(key, part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else shown(part))
    return key


def _model_at(location: Location) -> type[Model] | None:
    """The model whose table is at this place of the file."""
    model: type[Model] | None = Environment
    field: FieldInfo | None = None
    for part in location:
        if model is not None:
            field = model.model_fields.get(str(part))
            model = _model_itself(field)
        else:
            model = _model_of_items(field)
    return model


def _model_itself(field: FieldInfo | None) -> type[Model] | None:
    annotation = field.annotation if field else None
    match get_args(annotation):
        case (table, none) if none is NoneType:
            annotation = table  # of a table that may be left out
    return annotation if isinstance(annotation, type) and issubclass(annotation, Model) else None


def _model_of_items(field: FieldInfo | None) -> type[Model] | None:
    types = get_args(field.annotation) if field else ()
    return next((t for t in types if isinstance(t, type) and issubclass(t, Model)), None)


def _settings_of(model: type[Model]) -> list[str]:
    return [name for name in model.model_fields if (model, name) != (Environment, _FROM_THE_FILE_NAME)]


def _meant(location: Location) -> str | None:
    model = _model_at(location[:-1])
    return _closest(location[-1], _settings_of(model)) if model else None


def _allowed_beside(location: Location) -> str:
    model = _model_at(location[:-1])
    settings = _settings_of(model) if model else []
    return f"unknown setting; {_allowed(settings, meant=_meant(location))}"


def _closest(value: object, choices: Sequence[str]) -> str | None:
    close = get_close_matches(value, choices, n=1) if isinstance(value, str) else []
    return close[0] if close else None


def _allowed(choices: Sequence[str], *, meant: str | None, quote: str = "") -> str:
    allowed = ", ".join(f"{quote}{choice}{quote}" for choice in choices)
    return f"did you mean {quote}{meant}{quote}? Allowed: {allowed}" if meant else f"allowed: {allowed}"


def _description(location: Location) -> str:
    model = _model_at(location[:-1])
    field = model.model_fields.get(str(location[-1])) if model else None
    description = (field.description if field else None) or "add it"
    # "Tasks that .." goes on in small letters, "CPU of .." does not.
    start = description[0].lower() if description[1].islower() else description[0]
    return start + description[1:].rstrip(".")


def _left_unchecked(model: type[Model], table: Mapping[str, Any], place: Location = ()) -> Iterator[Problem]:
    """What is wrong between the right settings of tables that hold a wrong one too.

    pydantic checks a table as a whole only when all in it is right; a person wants to hear all at once.
    """
    for name, field in model.model_fields.items():
        for part, part_model, part_table in _tables(field, table.get(name)):
            yield from _left_unchecked(part_model, part_table, (*place, name, *part))
    for problem in model.problems_among(_right_settings(model, table)):
        yield problem.below(_key(place))


def _right_settings(model: type[Model], table: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that are right by themselves; of a table that is not, those that are."""
    right: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        if name not in table:
            if not field.is_required():
                right[name] = field.get_default(call_default_factory=True)
            continue
        value = table[name]
        try:
            right[name] = _adapter(model, name).validate_python(value, strict=True, context=ONE_BY_ONE)
        except ValidationError:
            inner = _model_itself(field)
            if inner and isinstance(value, Mapping):
                right[name] = _right_settings(inner, value)
    return right


@cache
def _adapter(model: type[Model], name: str) -> TypeAdapter[Any]:
    field = model.model_fields[name]
    annotation: Any = field.annotation
    for metadata in field.metadata:
        annotation = Annotated[annotation, metadata]
    return TypeAdapter(annotation)


def _tables(field: FieldInfo, value: object) -> Iterator[tuple[Location, type[Model], Mapping[str, Any]]]:
    """The tables of settings right below a setting, each with its place."""
    if (model := _model_itself(field)) and isinstance(value, Mapping):
        yield (), model, value
    elif model := _model_of_items(field):
        items: Iterator[tuple[str | int, object]] = iter(())
        if isinstance(value, tuple):
            items = iter(enumerate(value))
        elif isinstance(value, Mapping):
            items = iter(value.items())
        for part, item in items:
            if isinstance(item, Mapping):
                yield (part,), model, item
