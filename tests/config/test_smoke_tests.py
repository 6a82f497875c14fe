"""The paths of a smoke test, and its way to AWS."""

import pytest

from tests.config.examples import changed, parsed, refusal, table, without

HEALTH = 'health_path = "/api/health"'
FRONTEND = "[services.frontend]"


def test_without_paths_the_smoke_test_asks_for_the_health_path() -> None:
    services = parsed(changed()).services
    assert services["backend"].tested_paths == ("/api/health",)
    assert services["frontend"].tested_paths == ("/health",)
    backend = parsed(changed((HEALTH, f'{HEALTH}\nsmoke_paths = ["/api/ready", "/api/users"]'))).services["backend"]
    assert backend.tested_paths == ("/api/ready", "/api/users")


def test_a_path_that_another_service_answers_is_refused() -> None:
    assert refusal(changed((HEALTH, f'{HEALTH}\nsmoke_paths = ["/api/ready", "/start"]'))) == [
        (
            'services.backend.smoke_paths[1] = "/start": would be answered by services.frontend, because of the '
            'path_patterns and priorities; use a path that only "/api/*" of this service matches'
        )
    ]


def test_a_health_path_that_the_load_balancer_does_not_forward_needs_smoke_paths() -> None:
    outside = (HEALTH, 'health_path = "/ready"')
    assert refusal(changed(outside)) == [
        (
            'services.backend.smoke_paths: is missing, and health_path = "/ready" would be answered by '
            'services.frontend, because of the path_patterns and priorities; add paths that "/api/*" matches and that '
            "the new version must answer with 2xx"
        )
    ]
    backend = parsed(changed((HEALTH, 'health_path = "/ready"\nsmoke_paths = ["/api/users"]'))).services["backend"]
    assert backend.tested_paths == ("/api/users",)


def test_a_path_that_no_service_answers_is_refused() -> None:
    (line,) = refusal(changed(('path_patterns = ["/*"]', 'path_patterns = ["/site/*"]\nsmoke_paths = ["/other"]')))
    assert line.startswith('services.frontend.smoke_paths[0] = "/other": would be answered by no service')


def test_the_query_is_not_a_part_of_the_path() -> None:
    backend = parsed(changed((HEALTH, f'{HEALTH}\nsmoke_paths = ["/api/users?limit=1"]'))).services["backend"]
    assert backend.tested_paths == ("/api/users?limit=1",)


def test_smoke_paths_without_a_smoke_test_are_refused() -> None:
    toml = without("deployment", toml=changed((HEALTH, f'{HEALTH}\nsmoke_paths = ["/api/ready"]')))
    assert refusal(toml) == [
        (
            'services.backend.smoke_paths = ["/api/ready"]: has no effect: only deployment.strategy = "blue_green" '
            "tests a version before users see it; use it, or remove the line"
        )
    ]


def test_smoke_paths_of_a_service_without_requests_are_refused() -> None:
    worker = '[services.worker]\nmin_count = 1\nmax_count = 2\ncpu_units = 256\nmemory_mib = 512\nsmoke_paths = ["/"]\n'
    assert refusal(changed((FRONTEND, f"{worker}\n{FRONTEND}"))) == [
        (
            'services.worker.smoke_paths = ["/"]: has no effect: this service gets no requests from the load balancer; '
            "add path_patterns, or remove the line"
        )
    ]


def test_more_paths_than_there_is_time_for_are_refused() -> None:
    paths = ", ".join(f'"/api/{number}"' for number in range(21))
    assert refusal(changed((HEALTH, f"{HEALTH}\nsmoke_paths = [{paths}]"))) == [
        "services.backend.smoke_paths: has 21 paths; use 20 or fewer"
    ]


@pytest.mark.parametrize(
    ("origin", "missing"), [("", "codedeploy"), ('\norigin = "public"', "codedeploy, ec2")], ids=["internal", "public"]
)
def test_without_nat_gateways_the_smoke_test_needs_endpoints(origin: str, missing: str) -> None:
    lines = refusal(changed(('"per_zone"', '"none"'), ("[edge]", f"[edge]{origin}")))
    assert [line for line in lines if "smoke test" in line] == [
        (
            f"network.interface_endpoints = {table()['network']['interface_endpoints']}: without NAT gateways the "
            "smoke test of a blue_green deployment cannot report its result to CodeDeploy, and the deployment fails "
            f"after an hour; add {missing}"
        )
    ]


def test_the_smoke_test_goes_to_the_internet_only_without_its_endpoints() -> None:
    assert parsed(changed()).smoke_test_needs_internet
    with_endpoint = ("interface_endpoints = []", 'interface_endpoints = ["codedeploy"]')
    assert not parsed(changed(with_endpoint)).smoke_test_needs_internet
    public = ("[edge]", '[edge]\norigin = "public"')
    assert parsed(changed(with_endpoint, public)).smoke_test_needs_internet
    both = ("interface_endpoints = []", 'interface_endpoints = ["codedeploy", "ec2"]')
    assert not parsed(changed(both, public)).smoke_test_needs_internet
