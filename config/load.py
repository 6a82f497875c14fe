"""From environments/<name>.toml to an Environment, or to all that is wrong with the file."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from config.environment import Environment, validate_environment_name
from config.errors import ConfigError, Problem, nearest, render_value
from config.project import PROJECT_FILE, load_project
from config.renamed_settings import move_renamed
from config.toml import parse_table, read_text, validate_table

ENVIRONMENTS: Final = Path("environments")

_FIRST: Final = ("dev", "staging", "prod")
_GIVEN: Final = {
    "name": "the environment is named by its file; remove this line",
    "project": f"holds for all environments, and {PROJECT_FILE} has it as its name; move it there",
}
"""Settings that an environment has, and not its file, with what to do about one that is there."""


def environment_names(folder: Path = ENVIRONMENTS) -> tuple[str, ...]:
    """The environments that have a file: dev, staging, prod, then the others in alphabetical order."""
    files = [path for path in folder.glob("*.toml") if not path.name.startswith(".")]
    names = {path.stem for path in files if path.name != PROJECT_FILE}
    return (*(name for name in _FIRST if name in names), *sorted(names.difference(_FIRST)))


def load_environments(names: Iterable[str], *, folder: Path) -> tuple[list[Environment], list[ConfigError]]:
    """The environments of a folder by their names, each once, and what is wrong with those that cannot be loaded."""
    try:
        project = load_project(folder)
    except ConfigError as error:
        return [], [error]
    environments, wrong = [], []
    for name in dict.fromkeys(names):
        try:
            environments.append(load_environment(name, folder=folder, project=project))
        except ConfigError as error:
            wrong.append(error)
    return environments, wrong


def load_environment(name: str, *, folder: Path = ENVIRONMENTS, project: str | None = None) -> Environment:
    """Read an environment's file.

    Args:
        name: The environment.
        folder: Where its file is.
        project: The project's name; None reads it from its file in the folder.

    Raises:
        ConfigError: with every problem of the file, or with the names that exist if there is no such file.
    """
    names = environment_names(folder)
    if name not in names:
        raise ConfigError(_no_such_environment(name, names, folder))
    file = folder / f"{name}.toml"
    return parse_environment(read_text(file), name=name, project=project or load_project(folder), file=file)


def parse_environment(text: str, *, name: str, project: str, file: Path) -> Environment:
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
    problems += [
        Problem(key=key, value=table.pop(key), allowed=allowed) for key, allowed in _GIVEN.items() if key in table
    ]
    try:
        environment = validate_table(Environment, {"name": name, "project": project, **table}, file=file)
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
