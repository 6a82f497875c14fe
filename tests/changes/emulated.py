"""Changes on the emulator: each is applied, rests, and is taken back."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from config.load import load_environment
from main import synthesize
from review.changes import resource_changes
from tests.changes.cases import environment_with
from tests.changes.outcome import SETTINGS, Outcome, outcome_of, platform_of
from tests.fixtures import FOLDER
from tests.upgrade.checkout import open_checkouts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.environment import Environment
    from tests.changes.arguments import Arguments
    from tests.changes.cases import Case
    from tests.upgrade.checkout import Checkout

_FIRST_ACCOUNT = 900000000500


def apply_each(cases: Sequence[Case], known: Arguments) -> tuple[Arguments, list[str]]:
    """Apply each case alone to its environment, and back.

    Returns:
        What the plans have shown of arguments, and a line for each case that did not end as its outcome says.
    """
    problems: list[str] = []
    names = list(dict.fromkeys(case.environment for case in cases))
    accounts = {name: str(_FIRST_ACCOUNT + number) for number, name in enumerate(names)}
    with tempfile.TemporaryDirectory(prefix="changes-") as temporary:
        folder = Path(temporary)
        with open_checkouts(accounts, folder / "checkouts") as checkouts:
            for name, checkout in checkouts.items():
                base = load_environment(name, folder=FOLDER)
                platform = platform_of(base, folder / name)
                checkout.install(folder / name)
                checkout.apply()
                for number, case in enumerate(one for one in cases if one.environment == name):
                    expected = outcome_of(case, platform, folder / str(number), known)
                    known, found = _there_and_back(checkout, case, base, expected, folder, known)
                    problems += found
                    print(f"{case.id}: {'; '.join(found) or 'there and back'}", flush=True)
    return known, problems


def change(checkout: Checkout, settings: Environment, folder: Path) -> list[str]:
    """Apply an environment in the place of the one that is applied; return what failed, or is left to change.

    Only the stacks whose JSON is another one are applied, and those that read them; all are planned again.
    """
    before = {id_: stack.document for id_, stack in checkout.stacks().items()}
    shutil.rmtree(folder, ignore_errors=True)
    synthesize([settings], folder)
    checkout.install(folder)
    now = checkout.stacks()
    changed = {id_ for id_, stack in now.items() if stack.document != before.get(id_)}
    changed |= {id_ for id_, stack in now.items() if changed & set(stack.producers(now).values())}
    _, failures = checkout.upgrade(changed)
    return failures or [f"not at rest: {line}" for line in checkout.second_plan()]


def _there_and_back(  # noqa: PLR0917 (one step of the loop)
    checkout: Checkout, case: Case, base: Environment, expected: Outcome, folder: Path, known: Arguments
) -> tuple[Arguments, list[str]]:
    if expected.refused_by == SETTINGS:
        return known, []
    settings = case.settings()
    synthesize([settings], folder / "there")
    checkout.install(folder / "there")
    known = learn(checkout, known)
    failed = change(checkout, settings, folder / "there")
    back = change(checkout, environment_with(case.environment, case.back) if case.back else base, folder / "back")
    if expected.refused_by:
        return known, [*([] if failed else [f"{case.id}: is not refused"]), *back]
    return known, [f"{case.id}: {line}" for line in (*failed, *back)]


def learn(checkout: Checkout, known: Arguments) -> Arguments:
    """What the plan of the stacks that are installed shows of arguments."""
    for plan in checkout.plans().values():
        known = known.learn(resource_changes(plan))
    return known
