"""Production with a second region that can serve (tests/environments/standby/), and its variants, synthesized."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from config.load import parse_environment
from config.project import load_project
from main import synthesize
from synthesis.manifest import read_stacks
from tests.config.examples import replaced, without
from tests.fixtures import FOLDER
from tests.template import Template

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from config.environment import Environment
    from synthesis.manifest import Stack

SECOND: Final = "us-west-2"
SNAPSHOT: Final = f"arn:aws:rds:{SECOND}:333333333333:cluster-snapshot:awsbackup:copyjob-1"
RESTORED: Final = {"documentdb_snapshot": SNAPSHOT}
"""The settings of a fail-over to the copies."""
PROMOTED: Final[Mapping[str, str]] = {}
"""Those of one to databases that follow the home region's."""

_FOLDER: Final = FOLDER / "standby"
_FILE: Final = _FOLDER / "warm.toml"
_PIPELINE: Final = '\n[security.github]\nrepository = "acme/infra"\nenvironment = "prod"\nplan_pull_requests = false\n'
_SERVING: Final = ("domain", "edge", "firewall", "load_balancer", "deployment", "observability")
_SERVED: Final = ("health_path", "path_patterns", "priority", "requests_per_target", "slow_start_seconds")


def standby_fixture(
    *,
    mode: str = "warm",
    fail_over: Mapping[str, str] | None = None,
    replica: bool = True,
    is_global: bool = False,
    has_edge: bool = True,
    has_load_balancer: bool = True,
    has_pipeline: bool = False,
) -> Environment:
    """The environment `warm`, whose second region can serve.

    Args:
        mode: Of [recovery].
        fail_over: The table [recovery.fail_over]; None leaves it out.
        replica: Whether PostgreSQL has a replica in the second region.
        is_global: Whether DocumentDB has a global cluster.
        has_edge: Whether CloudFront is before the load balancers.
        has_load_balancer: Whether services take requests, under a name.
        has_pipeline: Whether GitHub Actions applies it.
    """
    toml = replaced(_FILE.read_text(encoding="utf-8"), ('mode = "warm"', f'mode = "{mode}"'))
    if not replica:
        toml = replaced(toml, ("postgres_replica = true", "postgres_replica = false"))
    if is_global:
        old = 'engine_version = "5.0.0"\ninstance_class = "db.t3.medium"'
        toml = replaced(toml, (old, 'engine_version = "5.0.0"\nglobal_cluster = true\ninstance_class = "db.r6g.large"'))
    if not has_edge:
        toml = without("edge", toml=toml)
    if not has_load_balancer:
        lines = without(*_SERVING, toml=toml).splitlines(keepends=True)
        toml = "".join(line for line in lines if not line.startswith(_SERVED))
    if has_pipeline:
        toml += _PIPELINE
    if fail_over is not None:
        toml += "\n[recovery.fail_over]\n" + "".join(f'{name} = "{value}"\n' for name, value in fail_over.items())
    return parse_environment(toml, name=_FILE.stem, project=load_project(_FOLDER), file=_FILE)


def synthesized(config: Environment, folder: Path) -> dict[str, Stack]:
    """All its stacks by their ids."""
    synthesize([config], folder / "cdktf.out")
    return dict(read_stacks(folder / "cdktf.out"))


def templates(config: Environment, folder: Path) -> dict[str, Template]:
    """The same, for assertions about single resources."""
    return {id_: Template(dict(stack.document)) for id_, stack in synthesized(config, folder).items()}
