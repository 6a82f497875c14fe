"""Environments whose second region can serve, synthesized: for tests of what leads to which region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.load import load_environment
from config.standby import FailOverSettings
from main import synthesize
from synthesis.manifest import read_stacks
from tests.config.examples import present
from tests.fixtures import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

    from config.environment import Environment
    from synthesis.manifest import Stack

_SNAPSHOT = "arn:aws:rds:us-west-2:333333333333:cluster-snapshot:awsbackup:copyjob-1"


def with_standby(*, mode: str = "warm", fails_over: bool = False, has_edge: bool = True) -> Environment:
    """Production with [recovery.standby] in us-west-2.

    Args:
        mode: Of [recovery].
        fails_over: Whether [recovery.fail_over] is there.
        has_edge: Whether CloudFront is before the load balancers.
    """
    config = load_environment("warm", folder=FOLDER / "standby")
    recovery = present(config.recovery).model_copy(
        update={"mode": mode, "fail_over": FailOverSettings(documentdb_snapshot=_SNAPSHOT) if fails_over else None}
    )
    return config.model_copy(update={"recovery": recovery, **({} if has_edge else {"edge": None})})


def synthesized(config: Environment, folder: Path) -> dict[str, Stack]:
    """All its stacks by their ids."""
    synthesize([config], folder / "cdktf.out")
    return dict(read_stacks(folder / "cdktf.out"))
