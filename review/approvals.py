"""The list of approvals: findings of a plan that a team accepts, with a reason, an owner and an expiry date."""

from datetime import date
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from compliance.evaluation import matches
from compliance.exceptions import EVERY_ENVIRONMENT, Reason, Team
from config.errors import nearest
from config.model import Model
from config.toml import load_model
from review.finding import ACTIONS, NEVER_APPROVED, Finding

FILE: Final = Path(__file__).with_name("approvals.toml")


def _address(value: str) -> str:
    stack, slash, address = value.partition("/")
    if not slash or not stack or "." not in address:
        message = 'is not a valid address; use stack and resource, like "data/aws_db_instance.postgres"'
        raise ValueError(message)
    if "*" in stack or address.startswith("*"):
        message = "accepts too much; name the stack and the type of the resource, and use * only after them"
        raise ValueError(message)
    return value


def _action(value: str) -> str:
    allowed = [action for action in ACTIONS if action not in NEVER_APPROVED]
    if value not in allowed:
        close = nearest(value, allowed)
        hint = f"did you mean {close}? " if close else ""
        message = f"is not a valid action; {hint}use one of {', '.join(allowed)}"
        raise ValueError(message)
    return value


class Approval(Model):
    """One accepted finding."""

    address: Annotated[str, AfterValidator(_address)]
    """`<stack>/<address>`: the stack without its environment, with * for any text after the type."""

    action: Annotated[str, AfterValidator(_action)]
    """What it accepts: one of the actions in docs/plan-review.md."""

    environments: tuple[str, ...] = Field(min_length=1)
    """Where it holds; ["*"] is everywhere."""

    reason: Reason
    """Why it is acceptable, in a sentence."""

    owner: Team
    """The team that is responsible for it."""

    expires: date
    """The first day on which it no longer counts."""

    def is_for(self, environment: str) -> bool:
        """Whether it holds in an environment."""
        return EVERY_ENVIRONMENT in self.environments or environment in self.environments

    def covers(self, finding: Finding, *, stack: str, environment: str, today: date) -> bool:
        """Whether it accepts a finding.

        Args:
            finding: What a rule said.
            stack: The stack's name within its environment.
            environment: The environment of the plan; empty if nobody has said it.
            today: The date.
        """
        return (
            today < self.expires
            and self.is_for(environment)
            and finding.action == self.action
            and matches(self.address, f"{stack}/{finding.address}")
        )

    def __str__(self) -> str:
        """As a finding and a note name it."""
        return f"{self.owner}, until {self.expires}: {self.reason}"


class _File(Model):
    approval: tuple[Approval, ...] = ()
    """The approvals, each a table [[approval]]."""


def load_approvals(file: Path = FILE) -> tuple[Approval, ...]:
    """Read the list.

    Raises:
        ConfigError: with every problem of the file.
    """
    return load_model(_File, file).approval
