"""What an acceptance run has found, and the gaps that are known beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import AfterValidator

from config.errors import ConfigError, list_allowed, nearest
from config.model import Model
from config.toml import load_model
from runner.errors import RunnerError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

KNOWN_GAPS: Final = Path(__file__).with_name("known_gaps.toml")


class Step(StrEnum):
    """The step of an environment's run that found something."""

    SECOND_PLAN = "second plan"
    CHECK = "check"
    RELEASE = "release"
    LEFTOVER = "left over"


@dataclass(frozen=True)
class Finding:
    """One problem that an acceptance run found."""

    environment: str
    step: Step
    subject: str

    def __str__(self) -> str:
        return f"{self.environment}, {self.step}: {self.subject}"


def _step(value: str) -> str:
    steps = [str(step) for step in Step]
    if value in steps:
        return value
    message = f"is not a step of a run; {list_allowed(steps, meant=nearest(value, steps), quote=chr(34))}"
    raise ValueError(message)


class KnownGap(Model):
    """A finding that is expected; `*` and `?` stand for anything in `environment` and `subject`."""

    environment: str
    """Name of an environment, or "*"."""

    step: Annotated[str, AfterValidator(_step)]
    """Where: "second plan", "check", "release" or "left over"."""

    subject: str
    """What, as the run reports it."""

    reason: str
    """Why that is the emulator's fault, and what AWS does."""

    def explains(self, finding: Finding) -> bool:
        """Whether the finding is this gap."""
        return (
            self.step == finding.step
            and fnmatchcase(finding.environment, self.environment)
            and fnmatchcase(finding.subject, self.subject)
        )

    def is_expected_from(self, ran: Collection[str], *, every: Collection[str]) -> bool:
        """Whether all environments that the gap names have run: it may occur in only one of them."""
        where = {name for name in every if fnmatchcase(name, self.environment)}
        return bool(where) and where <= set(ran)


class _File(Model):
    gap: tuple[KnownGap, ...] = ()
    """The known gaps, each a table [[gap]]."""


def read_gaps(path: Path = KNOWN_GAPS) -> tuple[KnownGap, ...]:
    """The known gaps.

    Raises:
        RunnerError: with every problem of the file.
    """
    try:
        return load_model(_File, path).gap
    except ConfigError as error:
        raise RunnerError(str(error), "A [[gap]] has an environment, a step, a subject and a reason.") from error


def find_unknown(findings: Sequence[Finding], gaps: Sequence[KnownGap]) -> list[Finding]:
    """The findings that no gap explains."""
    return [finding for finding in findings if not any(gap.explains(finding) for gap in gaps)]


def find_resolved(
    findings: Sequence[Finding], gaps: Sequence[KnownGap], ran: Collection[str], *, every: Collection[str]
) -> list[KnownGap]:
    """The gaps that a run of these environments should have found and did not: they are to be removed from the list.

    Those must have run with all their layers.
    """
    return [
        gap
        for gap in gaps
        if gap.is_expected_from(ran, every=every) and not any(gap.explains(finding) for finding in findings)
    ]
