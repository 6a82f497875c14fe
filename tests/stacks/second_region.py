"""Production with a second region that can serve, for tests of the stacks there."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any, Final

from config.standby import FailOverSettings, StandbySettings
from main import synthesize
from tests.config.examples import present
from tests.fixtures import fixture_environment
from tests.template import Template

if TYPE_CHECKING:
    from pathlib import Path

    from config.environment import Environment

REGION: Final = "us-west-2"
_ZONES: Final = ("usw2-az1", "usw2-az2")
SNAPSHOT: Final = f"arn:aws:rds:{REGION}:333333333333:cluster-snapshot:awsbackup:copyjob-1"


def _there(block: IPv4Network) -> IPv4Network:
    return IPv4Network(str(block).replace("10.0.", "10.64."))


def with_second_region(
    config: Environment, *, mode: str, fail_over: FailOverSettings | None = None, postgres_replica: bool = False
) -> Environment:
    """The environment with `[recovery.standby]`."""
    recovery = present(config.recovery)
    zones = [
        zone.model_copy(
            update={
                "id": there,
                **{name: _there(getattr(zone, name)) for name in ("public_cidr", "private_cidr", "database_cidr")},
            }
        )
        for zone, there in zip(config.network.zones, _ZONES, strict=True)
    ]
    network = config.network.model_copy(update={"cidr": _there(config.network.cidr), "zones": zones})
    standby = StandbySettings(network=network, release="release-1", postgres_replica=postgres_replica)
    update: dict[str, Any] = {"mode": mode, "standby": standby, "fail_over": fail_over}
    return config.model_copy(update={"recovery": recovery.model_copy(update=update)})


def production(
    *,
    mode: str = "pilot_light",
    fail_over: FailOverSettings | None = None,
    replica: bool = False,
    is_global: bool = False,
) -> Environment:
    """Production, whose load balancer CloudFront reaches by a public name."""
    config = fixture_environment("prod")
    documentdb = present(config.documentdb).model_copy(
        update={"global_cluster": is_global, "instance_class": "db.r6g.large"}
    )
    edge = present(config.edge).model_copy(update={"origin": "public"})
    config = config.model_copy(update={"edge": edge, "documentdb": documentdb})
    return with_second_region(config, mode=mode, fail_over=fail_over, postgres_replica=replica)


def synthesized(config: Environment, folder: Path) -> dict[str, Template]:
    """Every stack by its id."""
    output = folder / "cdktf.out"
    synthesize([config], output)
    return {path.parent.name: Template.read(path) for path in sorted(output.glob("stacks/*/cdk.tf.json"))}
