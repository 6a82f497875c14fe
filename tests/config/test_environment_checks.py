import pytest

from config.load import load_environment
from config.network import FARGATE_TASK_ENDPOINTS
from tests.config.examples import changed, parsed, refusal, text, without
from tests.fixtures import FOLDER

REGION = 'region = "us-east-1"'


def test_zones_of_another_region_are_refused() -> None:
    assert refusal(without("recovery", toml=changed((REGION, 'region = "eu-west-1"')))) == [
        f'network.zones[{index}].id = "use1-az{index + 1}": is not in the region "eu-west-1"; this prints the ids of '
        "its zones: aws ec2 describe-availability-zones --region eu-west-1 --query 'AvailabilityZones[].ZoneId'"
        for index in range(2)
    ]


def test_a_deploy_role_of_another_account_is_refused() -> None:
    role = "arn:aws:iam::444444444444:role/deploy"
    assert refusal(changed((REGION, f'{REGION}\ndeploy_role_arn = "{role}"'))) == [
        f'deploy_role_arn = "{role}": is not in the account "333333333333"; use a role of that account'
    ]


def test_a_deploy_role_of_the_account_is_accepted() -> None:
    role = "arn:aws:iam::333333333333:role/deploy"
    assert parsed(changed((REGION, f'{REGION}\ndeploy_role_arn = "{role}"'))).deploy_role_arn == role
    assert parsed(changed()).deploy_role_arn is None


def test_a_deploy_role_beside_the_roles_of_github_is_refused() -> None:
    role = "arn:aws:iam::333333333333:role/deploy"
    github = '[security.github]\nrepository = "acme/infra"\nbranch = "main"\nplan_pull_requests = true\n\n[network]'
    assert refusal(changed((REGION, f'{REGION}\ndeploy_role_arn = "{role}"'), ("[network]", github))) == [
        (
            f'deploy_role_arn = "{role}": cannot be set with [security.github]: the pipeline would assume it and leave '
            "the limits of its own role; remove one of them"
        )
    ]


def test_an_environment_without_services_is_refused() -> None:
    toml = changed()
    assert refusal(toml[: toml.index("[services.")] + "[services]\n") == [
        "services: must have at least one table, like [services.backend]"
    ]


def test_an_internal_load_balancer_needs_two_zones_with_services() -> None:
    assert refusal(changed(('private_cidr = "10.0.20.0/24"\n', ""))) == [
        (
            "edge: puts the load balancer in private subnets, which it needs in two zones; add a private_cidr to "
            'another zone, set origin = "public", or remove [edge]'
        )
    ]


def test_without_nat_gateways_images_are_private_and_used_services_have_endpoints() -> None:
    endpoints = 'interface_endpoints = ["codedeploy", "ecr.api", "ecr.dkr", "logs"]'
    lines = refusal(changed(('"per_zone"', '"none"'), ("interface_endpoints = []", endpoints)))
    assert [line.split(": ")[0].split(" = ")[0] for line in lines] == [
        "deployment.placeholder_image",
        "cluster.collector_image",
        "network.interface_endpoints",
        "network.interface_endpoints",
    ]
    assert all("without NAT gateways" in line for line in lines)
    assert lines[-2].endswith("add ssm, xray")
    assert lines[-1] == (
        'network.interface_endpoints = ["codedeploy", "ecr.api", "ecr.dkr", "logs"]: without NAT gateways the '
        "functions that make the roles of the databases and replace their passwords cannot reach AWS; add "
        "secretsmanager, ecs"
    )


@pytest.mark.parametrize("database", ["postgres", "documentdb"])
def test_without_nat_gateways_the_functions_of_either_database_have_endpoints(database: str) -> None:
    other = {"postgres": "documentdb", "documentdb": "postgres"}[database]
    toml = without(other, toml=changed(('"per_zone"', '"none"')))
    assert any(line.endswith("cannot reach AWS; add secretsmanager, ecs") for line in refusal(toml))
    neither = without("postgres", "documentdb", toml=changed(('"per_zone"', '"none"')))
    assert not any("functions that make the roles" in line for line in refusal(neither))


def test_where_databases_sleep_their_functions_ask_whether_they_are_awake() -> None:
    toml = text("dev").replace('nat_gateways = "single"', 'nat_gateways = "none"')
    assert any(line.endswith("cannot reach AWS; add secretsmanager, ecs, rds") for line in refusal(toml))


def test_the_functions_of_the_databases_go_to_the_internet_until_they_have_endpoints() -> None:
    every = '"ssm", "secretsmanager", "ecs"'
    for names, needed in (("", True), ('"ssm", "ecs"', True), (every, False)):
        environment = parsed(changed(("interface_endpoints = []", f"interface_endpoints = [{names}]")))
        assert environment.role_functions_need_internet is needed
    awake = text("dev").replace('nat_gateways = "single"', f'nat_gateways = "single"\ninterface_endpoints = [{every}]')
    assert parsed(awake).role_functions_need_internet, "dev sleeps, and has no endpoint for RDS"


def test_without_nat_gateways_a_shell_needs_two_more_endpoints() -> None:
    """The agent in the task opens the session, and decrypts its key with KMS itself."""
    shells = ("execute_command = false", "execute_command = true")
    endpoints = (
        'interface_endpoints = ["codedeploy", "ecr.api", "ecr.dkr", "logs", "ssm", "xray", "secretsmanager", "ecs"{}]'
    )
    for added, missing in (("", "ssmmessages, kms"), (', "ssmmessages"', "kms"), (', "kms"', "ssmmessages")):
        changes = (shells, ('"per_zone"', '"none"'), ("interface_endpoints = []", endpoints.format(added)))
        assert refusal(changed(*changes))[-1].endswith(
            "without NAT gateways the services cannot reach their parameters or X-Ray, and no shell opens in them; "
            f"add {missing}"
        )
    both = ("interface_endpoints = []", endpoints.format(', "ssmmessages", "kms"'))
    for change in (shells, ("execute_command = false", "execute_command = false")):
        lines = refusal(changed(change, ('"per_zone"', '"none"'), both))
        assert not [line for line in lines if line.startswith("network.")]


def test_tasks_with_shells_need_the_internet_until_there_is_an_endpoint_for_kms() -> None:
    """Without the endpoint the session would start and end at once: nothing can decrypt its key."""
    shells = ("execute_command = false", "execute_command = true")
    every = '"ecr.api", "ecr.dkr", "logs", "ssm", "xray", "ssmmessages"'
    for added, needed in (("", True), (', "kms"', False)):
        environment = parsed(changed(shells, ("interface_endpoints = []", f"interface_endpoints = [{every}{added}]")))
        found = {environment.needs_internet(one) for one in environment.services.values() if not one.calls_internet}
        assert found == {needed}


def test_there_is_a_tunnel_where_there_is_a_database_and_a_way_to_session_manager() -> None:
    environment = parsed(changed())
    assert environment.has_tunnel
    assert environment.tunnel_needs_internet
    assert not parsed(changed(("[cluster]\n", "[cluster]\ntunnels = false\n"))).has_tunnel
    for endpoints, has_tunnel in ((FARGATE_TASK_ENDPOINTS, False), ((*FARGATE_TASK_ENDPOINTS, "ssmmessages"), True)):
        closed = {"nat_gateways": "none", "interface_endpoints": tuple(endpoints)}
        without_nat = environment.model_copy(update={"network": environment.network.model_copy(update=closed)})
        assert (without_nat.has_tunnel, without_nat.tunnel_needs_internet) == (has_tunnel, False)


def test_without_a_database_there_is_no_tunnel() -> None:
    minimal = load_environment("minimal", folder=FOLDER / "minimal")
    assert not minimal.has_tunnel


@pytest.mark.parametrize(("index", "database"), [(0, "postgres"), (1, "documentdb")])
def test_protected_data_has_backups_of_a_week(index: int, database: str) -> None:
    line = "backup_retention_days = "
    before, first, second = changed().split(f"{line}7")
    days = [7, 7]
    days[index] = 6
    toml = f"{before}{line}{days[0]}{first}{line}{days[1]}{second}"
    assert refusal(toml) == [
        (
            f"{database}.backup_retention_days = 6: must be 7 or more where protect_data = true; "
            "raise it, or set protect_data = false"
        )
    ]
