"""Each region with log groups has one destination, in another account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from config.load import load_environment
from config.log_destinations import check_log_destinations, destination_region
from main import synthesize
from synthesis.manifest import read_stacks
from tests.config.examples import changed, parsed, refusal, without
from tests.fixtures import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

LINE = "retention_days = 365"
HERE = "arn:aws:logs:us-east-1:999999999999:destination:logs"  # short: a message shows the start of a long value


def with_destinations(*arns: str) -> str:
    quoted = ", ".join(f'"{arn}"' for arn in arns)
    return without("recovery", toml=changed((LINE, f"{LINE}\nforward_to = [{quoted}]")))


def test_the_destination_of_a_region_is_found() -> None:
    environment = parsed(with_destinations(HERE))
    assert environment.log_destination("us-east-1") == HERE
    assert environment.log_destination("eu-west-1") is None
    assert parsed(changed()).log_destination("us-east-1") is None


@pytest.mark.parametrize(
    "arn",
    [
        "company-logs",
        "arn:aws:kinesis:us-east-1:999999999999:stream/logs",
        "arn:aws:logs:us-east-1:99999999999:destination:logs",
        "arn:aws:logs:us-east-1:999999999999:destination:",
        "arn:aws:logs:us-east-1:999999999999:destination:a:b",
        "arn:aws:logs:us-east-1:999999999999:log-group:logs",
    ],
)
def test_what_is_not_a_destination_is_refused(arn: str) -> None:
    (message,) = refusal(with_destinations(arn))
    assert message.startswith(
        f'logs.forward_to[0] = "{arn}": is not the ARN of a destination of CloudWatch Logs; use one'
    )


def test_a_destination_in_the_own_account_is_refused() -> None:
    arn = HERE.replace("9" * 12, "3" * 12)
    assert refusal(with_destinations(arn)) == [
        f'logs.forward_to[0] = "{arn}": is in the environment\'s own account; a destination must be in another one'
    ]


def test_a_destination_where_there_are_no_log_groups_is_refused() -> None:
    arn = HERE.replace("us-east-1", "eu-west-1")
    (message,) = refusal(with_destinations(HERE, arn))
    assert message == (
        f'logs.forward_to[1] = "{arn}": is in eu-west-1, where the environment has no log groups; use a destination in '
        "us-east-1"
    )


def test_two_destinations_in_one_region_are_refused() -> None:
    assert refusal(with_destinations(HERE, f"{HERE}-2")) == [
        f'logs.forward_to[1] = "{HERE}-2": is the second destination in us-east-1; remove one'
    ]


def test_a_region_without_a_destination_is_refused() -> None:
    elsewhere = load_environment("elsewhere", folder=FOLDER / "renamed")
    # The second has the logs of the firewall and of DNS, the third those of what watches the copies.
    regions = ("eu-west-1", "us-east-1", "eu-central-1")
    assert [destination_region(arn) for arn in elsewhere.logs.forward_to] == list(regions)
    for index, region in enumerate(regions):
        others = elsewhere.logs.forward_to
        (problem,) = check_log_destinations(
            logs__forward_to=(*others[:index], *others[index + 1 :]),
            account_id=elsewhere.account_id,
            region=elsewhere.region,
            edge=elsewhere.edge,
            firewall=elsewhere.firewall,
            firewall__web_acl_arn=None,
            domain__query_logging=True,
            recovery__region=elsewhere.recovery_region,
        )
        assert problem.key == "logs.forward_to"
        assert problem.allowed.startswith(
            f"has no destination in {region}, where the environment has log groups, too; "
        )


def test_each_stack_forwards_to_the_destination_of_its_region(tmp_path: Path) -> None:
    synthesize([load_environment("elsewhere", folder=FOLDER / "renamed")], tmp_path / "cdktf.out")
    forwarded = {}
    for stack in read_stacks(tmp_path / "cdktf.out").values():
        groups = list(stack.all("aws_cloudwatch_log_group"))
        filters = list(stack.all("aws_cloudwatch_log_subscription_filter"))
        assert len(filters) == len(groups), stack.id
        forwarded.update(
            {stack.region: {destination_region(str(one.get("destination_arn"))) for one in filters}} if filters else {}
        )
    assert forwarded == {region: {region} for region in ("eu-west-1", "us-east-1", "eu-central-1")}
