"""What a rehearsal has found, and the gaps that are known beforehand."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from config.model import Model
from runner.errors import RunnerError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

KNOWN_GAPS: Final = Path(__file__).with_name("known_gaps.toml")


class Step(StrEnum):
    """Where in an environment's life something was found."""

    SECOND_PLAN = "second plan"
    CHECK = "check"
    LEFT_OVER = "left over"


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be."""

    environment: str
    step: Step
    subject: str

    def __str__(self) -> str:
        return f"{self.environment}, {self.step}: {self.subject}"


class Gap(Model):
    """A finding that is expected; `*` and `?` stand for anything in `environment` and `subject`."""

    environment: str
    """Name of an environment, or "*"."""

    step: str
    """Where: "second plan", "check" or "left over"."""

    subject: str
    """What, as the run tells it."""

    reason: str
    """Why that is the emulator's fault, and what AWS does."""

    def explains(self, finding: Finding) -> bool:
        """Whether the finding is this gap."""
        return (
            self.step == finding.step
            and fnmatchcase(finding.environment, self.environment)
            and fnmatchcase(finding.subject, self.subject)
        )

    def concerns(self, environments: Collection[str]) -> bool:
        """Whether a run of these environments would have met it."""
        return any(fnmatchcase(name, self.environment) for name in environments)


def read_gaps(path: Path = KNOWN_GAPS) -> tuple[Gap, ...]:
    """The known gaps.

    Raises:
        RunnerError: the file is not as it should be.
    """
    try:
        gaps = tuple(Gap(**entry) for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("gap", ()))
    except (tomllib.TOMLDecodeError, ValidationError, TypeError) as error:
        message = f"{path}: {error}"
        raise RunnerError(message, "A [[gap]] has an environment, a step, a subject and a reason.") from error
    for gap in gaps:
        if gap.step not in set(Step):
            message = f"{path}: {gap.step!r} is no step; there are: {', '.join(Step)}."
            raise RunnerError(message)
    return gaps


def unknown(findings: Sequence[Finding], gaps: Sequence[Gap]) -> list[Finding]:
    """The findings that no gap explains."""
    return [finding for finding in findings if not any(gap.explains(finding) for gap in gaps)]


def gone(findings: Sequence[Finding], gaps: Sequence[Gap], environments: Collection[str]) -> list[Gap]:
    """The gaps that a whole run of these environments has not met: they are to be taken off the list."""
    return [
        gap for gap in gaps if gap.concerns(environments) and not any(gap.explains(finding) for finding in findings)
    ]
