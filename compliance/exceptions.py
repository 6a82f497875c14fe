"""The list of exceptions: findings that are accepted, with a reason, an owner and an expiry date."""

import tomllib
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, Field, ValidationError

from config.errors import MISSING, ConfigError, Problem, joined
from config.model import Model

FILE: Final = Path(__file__).with_name("exceptions.toml")
EVERY_ENVIRONMENT: Final = "*"
_SHORTEST_REASON: Final = 20
_EXPECTED: Final = {
    "date_type": "must be a date without quotes, like 2027-06-30",
    "bool_type": "must be true or false without quotes",
    "string_type": "must be text in quotes",
    "tuple_type": "must be a list in [ ]",
}


def _address(value: str) -> str:
    layer, slash, address = value.partition("/")
    if not slash or not layer or "." not in address:
        message = 'is not a valid address; use layer and resource, like "state/aws_s3_bucket.state_access-logs_*"'
        raise ValueError(message)
    if "*" in layer or address.startswith("*"):
        message = "accepts too much; name the layer and the type of the resource, and use * only after them"
        raise ValueError(message)
    return value


def _reason(value: str) -> str:
    if len(value.strip()) < _SHORTEST_REASON:
        message = f"is not a valid reason; explain in {_SHORTEST_REASON} characters or more why this is acceptable"
        raise ValueError(message)
    return value


def _team(value: str) -> str:
    if not value.strip() or "@" in value:
        message = 'is not a valid team; use the name of a team, not of a person, like "platform"'
        raise ValueError(message)
    return value


class RuleException(Model):
    """One exception from one rule."""

    rule: str
    """Id of the rule."""

    address: Annotated[str, AfterValidator(_address)]
    """`<layer>/<type>.<name>`, with * for any text; the hash at a name's end need not be known."""

    environments: tuple[str, ...] = Field(min_length=1)
    """Where it holds: in each of them it must be needed. ["*"] is everywhere, and it must be needed somewhere."""

    reason: Annotated[str, AfterValidator(_reason)]
    """Why it is acceptable, in a sentence."""

    owner: Annotated[str, AfterValidator(_team)]
    """The team that is responsible for it."""

    optional: bool = False
    """True for what only a setting brings that no environment need have: nothing needs it until then."""

    expires: date
    """The first day on which it no longer counts; review it before."""

    def covers(self, *, rule: str, layer: str, environment: str, address: str) -> bool:
        """Whether it accepts a finding of this rule there."""
        return (
            rule == self.rule
            and (EVERY_ENVIRONMENT in self.environments or environment in self.environments)
            and fnmatchcase(f"{layer}/{address}", self.address)
        )


class _File(Model):
    exception: tuple[RuleException, ...] = ()


def load_exceptions(file: Path = FILE, *, rules: frozenset[str]) -> tuple[RuleException, ...]:
    """Read the list.

    Args:
        file: Where it is.
        rules: The ids that exist.

    Raises:
        ConfigError: with every problem of the file.
    """
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(Problem(key="", allowed=f"cannot be read: {error.strerror}"), file=file) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(Problem(key="", allowed=f"is not TOML: {error}"), file=file) from None
    try:
        exceptions = _File.model_validate(_frozen(table)).exception
    except ValidationError as error:
        raise ConfigError(*_problems(error), file=file) from None
    unknown = [
        Problem(
            key=f"exception[{index}].rule",
            value=exception.rule,
            allowed="is not a valid rule; `python -m compliance --rules` lists them",
        )
        for index, exception in enumerate(exceptions)
        if exception.rule not in rules
    ]
    if unknown:
        raise ConfigError(*unknown, file=file)
    return exceptions


def _frozen(value: object) -> object:
    if isinstance(value, dict):
        return {key: _frozen(item) for key, item in value.items()}
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def _problems(error: ValidationError) -> list[Problem]:
    problems = []
    for detail in error.errors(include_url=False):
        key = ""
        for part in detail["loc"]:
            key = joined(key, f"[{part}]" if isinstance(part, int) else str(part))
        kind = detail["type"]
        if kind == "missing":
            problems.append(Problem(key=key, allowed=f"is missing; an exception has {', '.join(_settings())}"))
        elif kind == "extra_forbidden":
            problems.append(Problem(key=key, value=detail["input"], allowed=f"unknown; allowed: {_known(key)}"))
        elif kind == "value_error":
            problems.append(Problem(key=key, value=detail["input"], allowed=str(detail["ctx"]["error"])))
        else:
            problems.append(Problem(key=key, value=_shown(detail["input"]), allowed=_EXPECTED.get(kind, detail["msg"])))
    return problems


def _settings() -> list[str]:
    return list(RuleException.model_fields)


def _known(key: str) -> str:
    return ", ".join(_settings()) if "." in key else "[[exception]]"


def _shown(value: object) -> object:
    return MISSING if value is None else value
