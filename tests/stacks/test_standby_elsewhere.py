"""The layers of a second region where neither is that of CloudFront, or where that one is the second region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from config.load import parse_environment
from config.project import load_project
from synthesis.manifest import read_stacks
from tests.fixtures import FOLDER
from tests.properties import problems_in

if TYPE_CHECKING:
    from pathlib import Path

    from config.environment import Environment
_SNAPSHOT: Final = "arn:aws:rds:us-east-1:333333333333:cluster-snapshot:awsbackup:copyjob-1"


def _environment(*changes: tuple[str, str]) -> Environment:
    """The environment of tests/environments/standby/ with its text changed, one change after the other."""
    file = FOLDER / "standby" / "warm.toml"
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return parse_environment(text, name="warm", project=load_project(FOLDER / "standby"), file=file)


IN_EUROPE: Final = (
    ("us-east-1", "eu-west-1"),
    ("use1-az", "euw1-az"),
    ("us-west-2", "eu-central-1"),
    ("usw2-az", "euc1-az"),
)
SECOND_IS_OF_ROUTE_53: Final = (
    ("us-east-1", "swapped"),
    ("us-west-2", "us-east-1"),
    ("swapped", "us-west-2"),
    ("use1-az", "swap-az"),
    ("usw2-az", "use1-az"),
    ("swap-az", "usw2-az"),
    ("query_logging = true", "query_logging = false"),
    ('[edge]\norigin = "public"', ""),
    ("[recovery.targets]", f'[recovery.fail_over]\ndocumentdb_snapshot = "{_SNAPSHOT}"\n\n[recovery.targets]'),
)


@pytest.mark.parametrize(
    ("changes", "home", "second"),
    [(IN_EUROPE, "eu-west-1", "eu-central-1"), (SECOND_IS_OF_ROUTE_53, "us-west-2", "us-east-1")],
    ids=["in-europe", "second-is-of-route-53"],
)
def test_the_rules_accept_regions_that_are_others_than_in_the_example(
    changes: tuple[tuple[str, str], ...], home: str, second: str, tmp_path: Path
) -> None:
    output = tmp_path / "cdktf.out"
    assert problems_in([_environment(*changes)], output) == []
    stacks = read_stacks(output)
    assert stacks["warm-service"].region == home
    assert stacks[f"warm-service-{second}"].region == second
