"""The table [delivery.load_test], and what it needs of others."""

import pytest

from config.load_test import LoadTestSettings
from tests.config import examples
from tests.config.examples import parsed, refusal

TABLE = "[delivery.load_test]"


def with_load_test(*lines: str, toml: str = "") -> str:
    """Production's file with a load test."""
    return (toml or examples.text(delivery=True)) + "\n".join(("", TABLE, *lines, ""))


def of_load_test(toml: str) -> list[str]:
    return [line for line in refusal(toml) if "load_test" in line]


def test_a_table_without_settings_turns_it_on() -> None:
    delivery = parsed(with_load_test()).delivery
    assert delivery
    assert delivery.load_test == LoadTestSettings(paths=(), per_second=20, seconds=60)


@pytest.mark.parametrize("line", ["per_second = 0", "per_second = 201", "seconds = 9", "seconds = 601"])
def test_a_number_out_of_range_is_refused(line: str) -> None:
    (refused,) = of_load_test(with_load_test(line))
    assert refused.startswith(f"delivery.load_test.{line}: ")


def test_a_path_that_is_not_valid_is_refused() -> None:
    (line,) = of_load_test(with_load_test('paths = ["users"]'))
    assert line.startswith('delivery.load_test.paths[0] = "users": is not a valid path; start with /')


def test_too_many_paths_are_refused() -> None:
    paths = ", ".join(f'"/{number}"' for number in range(21))
    assert of_load_test(with_load_test(f"paths = [{paths}]")) == [
        "delivery.load_test.paths: has 21 paths; use 20 or fewer"
    ]


def test_a_load_test_without_objectives_is_refused() -> None:
    toml = examples.without("observability.objectives", toml=examples.text(delivery=True))
    assert of_load_test(with_load_test(toml=toml)) == [
        ("delivery.load_test: has no targets to compare with; add [observability.objectives], or remove the table")
    ]


def test_a_load_test_without_a_load_balancer_is_refused() -> None:
    toml = examples.without("load_balancer", toml=examples.text(delivery=True))
    assert "delivery.load_test: has no address to ask; add [load_balancer], or remove the table" in of_load_test(
        with_load_test(toml=toml)
    )


def test_a_load_test_of_services_without_requests_is_refused() -> None:
    toml = "\n".join(
        line for line in examples.text(delivery=True).splitlines() if not line.startswith("path_patterns = ")
    )
    lines = of_load_test(with_load_test(toml=toml))
    assert (
        "delivery.load_test: has nothing to ask: the load balancer forwards to no service; add path_patterns to one, "
        "or remove the table"
    ) in lines


def test_a_rate_that_the_firewall_blocks_is_refused() -> None:
    assert parsed(with_load_test("per_second = 33", "seconds = 300")).delivery
    assert of_load_test(with_load_test("per_second = 34", "seconds = 300")) == [
        (
            "delivery.load_test.per_second = 34: is 10200 requests in 300 seconds, which the firewall blocks from "
            "rate_limit = 10000 on; lower per_second or seconds, or raise the limit"
        )
    ]


def test_a_short_test_is_counted_with_its_warm_up() -> None:
    assert parsed(with_load_test("per_second = 142")).delivery
    (line,) = of_load_test(with_load_test("per_second = 143"))
    assert "is 10010 requests in 300 seconds" in line


def test_a_firewall_that_only_counts_blocks_no_load_test() -> None:
    counting = examples.text(delivery=True).replace("[firewall.sign_in]", 'mode = "count"\n[firewall.sign_in]', 1)
    assert parsed(with_load_test("per_second = 200", toml=counting)).delivery


def test_a_path_of_the_sign_in_is_refused() -> None:
    assert of_load_test(with_load_test('paths = ["/", "/api/auth/login"]')) == [
        (
            'delivery.load_test.paths = "/api/auth/login": must not start with "/api/auth/": the limit of '
            "[firewall.sign_in] would block the test; use other paths"
        )
    ]
