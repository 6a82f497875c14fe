"""What a change of a setting does, computed: by the settings' checks, by two syntheses, by what a runner refuses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from config.errors import ConfigError
from main import synthesize
from review.changes import CHANGE, DESTROY, REPLACE, resource_changes
from runner.impossible import find_impossible
from synthesis.stateful import IRREPLACEABLE
from tests.changes.static import Platform, effects_between

if TYPE_CHECKING:
    from pathlib import Path

    from config.environment import Environment
    from review.changes import ResourceChange
    from tests.changes.arguments import Arguments
    from tests.changes.cases import Case
    from tests.changes.effects import Effect

_FILE: Final = re.compile(r"^\S*\.toml: ")
SETTINGS, APPLY = "the settings", "the apply"
"""Who refuses: `make synth` and all that begins with it, or `make plan` and `make apply`."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The effects of a change, and who refuses it."""

    effects: frozenset[Effect] = frozenset()
    refused_by: str = ""
    message: str = ""
    """The line that a person reads, if it is refused."""


def outcome_of(case: Case, base: Platform, folder: Path, arguments: Arguments) -> Outcome:
    """What the change of a case does to the environment of `base`; it is synthesized into `folder`."""
    try:
        settings = case.settings()
    except ConfigError as error:
        return Outcome(refused_by=SETTINGS, message=_FILE.sub("", str(error).splitlines()[0]))
    return outcome_between(base, platform_of(settings, folder), arguments, is_protected=settings.protect_data)


def platform_of(settings: Environment, folder: Path) -> Platform:
    """The resources of an environment, synthesized into a folder."""
    synthesize([settings], folder)
    return Platform.read(folder, settings.name)


def outcome_between(before: Platform, after: Platform, arguments: Arguments, *, is_protected: bool) -> Outcome:
    """What an apply does that leads from one to the other."""
    effects = frozenset(effects_between(before, after, arguments))
    lost = sorted({one.type for one in effects if one.kind in {DESTROY, REPLACE} and one.type in IRREPLACEABLE})
    if is_protected and lost:
        return Outcome(
            effects=effects, refused_by=APPLY, message=f"protect_data is true: it would lose {', '.join(lost)}"
        )
    refused = next(find_impossible(_changes(before, after)), None)
    return Outcome(effects=effects, refused_by=APPLY if refused else "", message=refused[0] if refused else "")


def _changes(before: Platform, after: Platform) -> list[ResourceChange]:
    """The changes of what stays, as a plan has them."""
    entries = [
        {
            "address": place.address,
            "type": place.type,
            "change": {"actions": ["update"], "before": dict(before.resources[place]), "after": dict(content)},
        }
        for place, content in after.resources.items()
        if place in before.resources and before.resources[place] != content
    ]
    return [change for change in resource_changes({"resource_changes": entries}) if change.kind == CHANGE]
