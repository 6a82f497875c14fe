"""The list of exceptions: findings that are accepted, with a reason, an owner and an expiry date."""

import re
from collections.abc import Collection, Iterator
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field

from compliance.checkov.never_excepted import NEVER_EXCEPTED_CHECKS
from compliance.never_excepted import NEVER_EXCEPTED
from config.errors import Problem, nearest
from config.model import Model
from config.toml import load_model

FILE: Final = Path(__file__).with_name("exceptions.toml")
EVERY_ENVIRONMENT: Final = "*"
_SHORTEST_REASON: Final = 20
_CHECK: Final = re.compile(r"CKV2?_[A-Z]+_\d+")
"""The id of a check of checkov."""


def _address(value: str) -> str:
    layer, slash, address = value.partition("/")
    if not slash or not layer or "." not in address:
        message = 'is not a valid address; use layer and resource, like "state/aws_s3_bucket.state_access-logs_*"'
        raise ValueError(message)
    if "*" in layer or address.startswith("*"):
        message = "accepts too much; name the layer and the type of the resource, and use * only after them"
        raise ValueError(message)
    return value


def _one_or_more(value: object) -> object:
    return (value,) if isinstance(value, str) else value


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


Reason = Annotated[str, AfterValidator(_reason)]
"""Why something is acceptable, in a sentence."""

Team = Annotated[str, AfterValidator(_team)]
"""The name of a team."""


class RuleException(Model):
    """One exception from one rule, or from one check of checkov."""

    rule: str
    """Id of the rule, or of the check, like CKV_AWS_144."""

    address: Annotated[str, AfterValidator(_address)]
    """`<layer>/<type>.<name>`, with * for any text; the hash at a name's end need not be known."""

    environments: tuple[str, ...] = Field(min_length=1)
    """Where it holds. Wherever the resource is there it must be needed; with ["*"], in one environment at least."""

    reason: Reason
    """Why it is acceptable, in a sentence."""

    owner: Team
    """The team that is responsible for it."""

    expires: date
    """The first day on which it no longer counts; review it before."""

    optional: bool = False
    """Whether its resource comes with a setting that no environment may have; then it may match nothing."""

    @property
    def is_of_checkov(self) -> bool:
        """Whether it is about a check of checkov."""
        return is_check(self.rule)

    def matches(self, *, layer: str, environment: str, address: str) -> bool:
        """Whether it is about this resource."""
        return (EVERY_ENVIRONMENT in self.environments or environment in self.environments) and fnmatchcase(
            f"{layer}/{address}", self.address
        )

    def covers(self, *, rule: str, layer: str, environment: str, address: str) -> bool:
        """Whether it accepts what a rule found there."""
        return rule == self.rule and self.matches(layer=layer, environment=environment, address=address)


class _Entry(RuleException):
    """An entry of the file: the same for one address, or for several."""

    address: Annotated[  # type: ignore[assignment]
        tuple[Annotated[str, AfterValidator(_address)], ...], BeforeValidator(_one_or_more), Field(min_length=1)
    ]
    """`<layer>/<type>.<name>`, with * for any text, or a list of them; each must be needed."""


class _File(Model):
    exception: tuple[_Entry, ...] = ()
    """The exceptions, each a table [[exception]]."""


def is_check(rule: str) -> bool:
    """Whether an id is written like one of checkov's."""
    return _CHECK.fullmatch(rule) is not None


def load_exceptions(
    file: Path = FILE, *, rules: Collection[str], checks: Collection[str] | None = None
) -> tuple[RuleException, ...]:
    """Read the list; an entry with several addresses gives an exception for each.

    Args:
        file: Where it is.
        rules: The ids of rules that exist.
        checks: The ids of checkov's checks that exist; None if checkov does not run, then any such id is accepted.

    Raises:
        ConfigError: with every problem of the file.
    """

    def unknown(listed: _File) -> Iterator[Problem]:
        for index, entry in enumerate(listed.exception):
            if problem := _problem(entry.rule, rules, checks):
                yield Problem(key=f"exception[{index}].rule", value=entry.rule, allowed=problem)

    entries = load_model(_File, file, check=unknown).exception
    return tuple(
        RuleException(**{**entry.model_dump(), "address": address}) for entry in entries for address in entry.address
    )


def _problem(rule: str, rules: Collection[str], checks: Collection[str] | None) -> str | None:
    if rule in NEVER_EXCEPTED | NEVER_EXCEPTED_CHECKS:
        return "can have no exception, whatever the reason: remove it and fix what the rule finds (docs/compliance.md)"
    if is_check(rule):
        if checks is None or rule in checks:
            return None
        return f"is not a check of this checkov; {_hint(rule, checks)}`make compliance` names the ids that it finds"
    if rule in rules:
        return None
    return f"is not a valid rule; {_hint(rule, rules)}`python -m compliance --rules` lists them"


def _hint(rule: str, rules: Collection[str]) -> str:
    close = nearest(rule, sorted(rules))
    return f"did you mean {close}? " if close else ""
