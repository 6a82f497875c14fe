"""From environments/<name>.toml to an Environment, or to all that is wrong with the file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from config.environment import Environment, validate_environment_name
from config.errors import ConfigError, Problem, nearest, render_value
from config.renamed_settings import move_renamed
from config.toml import parse_table, read_text, validate_table

ENVIRONMENTS: Final = Path("environments")

_FIRST: Final = ("dev", "staging", "prod")
_FROM_THE_FILE_NAME: Final = "name"


def environment_names(folder: Path = ENVIRONMENTS) -> tuple[str, ...]:
    """The environments that have a file: dev, staging, prod, then the others in alphabetical order."""
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
    return parse_environment(read_text(file), name=name, file=file)


def parse_environment(text: str, *, name: str, file: Path) -> Environment:
    """Make an environment of a file's text; the file's path is only for messages.

    Raises:
        ConfigError: with every problem of the text.
    """
    if not text.strip():
        raise ConfigError(
            Problem(key="", allowed="is empty; copy the settings of another environment into it"), file=file
        )
    table, problems = move_renamed(parse_table(text, file=file))
    try:
        validate_environment_name(name)
    except ValueError as error:
        problems.append(Problem(key="", allowed=f'the file\'s name "{name}" {error}'))
        name = "unnamed"
    if _FROM_THE_FILE_NAME in table:
        value = table.pop(_FROM_THE_FILE_NAME)
        allowed = "the environment is named by its file; remove this line"
        problems.append(Problem(key=_FROM_THE_FILE_NAME, value=value, allowed=allowed))
    try:
        environment = validate_table(Environment, {_FROM_THE_FILE_NAME: name, **table}, file=file)
    except ConfigError as error:
        raise ConfigError(*problems, *error.problems, file=file) from None
    if problems:
        raise ConfigError(*problems, file=file)
    return environment


def _no_such_environment(name: str, names: Sequence[str], folder: Path) -> Problem:
    there_are = f"there {'are' if names[1:] else 'is'} {', '.join(names) or 'none yet'}"
    close = nearest(name, names)
    hint = f"did you mean {close}? " if close else ""
    return Problem(
        key="",
        allowed=f"no environment {render_value(name)} in {folder}/: {hint}{there_are}; "
        "`make new-environment NAME=..` adds one",
    )
