import pytest

from config.load_balancer_limits import MOST_TARGET_GROUPS
from tests.config.examples import parsed, refusal, without

SERVICE = """
[services.s{number}]
min_count = 1
max_count = 1
cpu_units = 256
memory_mib = 512
path_patterns = ["/s{number}/*"]
priority = {priority}
smoke_paths = ["/s{number}/health"]
"""


def many(count: int, *tables: str) -> str:
    """Production with so many services that take requests, two of them its own."""
    services = "".join(SERVICE.format(number=number, priority=500 + number) for number in range(count - 2))
    if "deployment" in tables:  # only blue_green asks for paths before users do
        services = "\n".join(line for line in services.splitlines() if not line.startswith("smoke_paths"))
    return f"{without('recovery', *tables)}{services}\n"


@pytest.mark.parametrize(("tables", "most"), [((), 50), (("deployment",), 100)])
def test_a_load_balancer_has_a_hundred_target_groups(tables: tuple[str, ...], most: int) -> None:
    assert len(parsed(many(most, *tables)).services) == most
    (line,) = refusal(many(most + 2, *tables))
    assert line.startswith(f"services: has {most + 2} services with path_patterns")
    assert f"a load balancer can have {MOST_TARGET_GROUPS} target groups, so {most} such services: remove 2" in line


def test_the_strategy_that_needs_more_target_groups_is_named() -> None:
    (line,) = refusal(many(51))
    assert 'with 2 target groups each (strategy = "blue_green")' in line
    assert line.endswith(', or use strategy = "rolling"')


def test_a_service_without_requests_has_no_target_group() -> None:
    silent = "\n".join(
        line
        for line in SERVICE.format(number="x", priority=1).splitlines()
        if not line.startswith(("path", "prio", "smoke"))
    )
    assert len(parsed(many(50) + silent).services) == 51
