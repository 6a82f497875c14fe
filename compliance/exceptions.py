"""The list of exceptions: findings that are accepted, with a reason, an owner and an expiry date."""

from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from config.errors import ConfigError, Problem, nearest
from config.model import Model
from config.toml import load_model

FILE: Final = Path(__file__).with_name("exceptions.toml")
EVERY_ENVIRONMENT: Final = "*"
_SHORTEST_REASON: Final = 20


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
    """Where it holds. Wherever the resource is there it must be needed; with ["*"], in one environment at least."""

    reason: Annotated[str, AfterValidator(_reason)]
    """Why it is acceptable, in a sentence."""

    owner: Annotated[str, AfterValidator(_team)]
    """The team that is responsible for it."""

    expires: date
    """The first day on which it no longer counts; review it before."""

    def matches(self, *, layer: str, environment: str, address: str) -> bool:
        """Whether it is about this resource."""
        return (EVERY_ENVIRONMENT in self.environments or environment in self.environments) and fnmatchcase(
            f"{layer}/{address}", self.address
        )

    def covers(self, *, rule: str, layer: str, environment: str, address: str) -> bool:
        """Whether it accepts what a rule found there."""
        return rule == self.rule and self.matches(layer=layer, environment=environment, address=address)


class _File(Model):
    exception: tuple[RuleException, ...] = ()
    """The exceptions, each a table [[exception]]."""


def load_exceptions(file: Path = FILE, *, rules: frozenset[str]) -> tuple[RuleException, ...]:
    """Read the list.

    Args:
        file: Where it is.
        rules: The ids that exist.

    Raises:
        ConfigError: with every problem of the file.
    """
    exceptions = load_model(_File, file).exception
    unknown = [
        Problem(
            key=f"exception[{index}].rule",
            value=exception.rule,
            allowed=f"is not a valid rule; {_hint(exception.rule, rules)}`python -m compliance --rules` lists them",
        )
        for index, exception in enumerate(exceptions)
        if exception.rule not in rules
    ]
    if unknown:
        raise ConfigError(*unknown, file=file)
    return exceptions


def _hint(rule: str, rules: frozenset[str]) -> str:
    close = nearest(rule, sorted(rules))
    return f"did you mean {close}? " if close else ""
