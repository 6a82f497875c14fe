"""The function that makes the roles: what it may do, what it reaches, and when it is called."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from cdktf import App, TerraformStack

from config.aws import REGIONS
from modules.data.database_roles import DatabaseRoles, RoleServer
from modules.data.master import OwnMaster
from modules.network.connections import Port, SecurityGroup
from tests.modules.data.databases import API, OWNER, PROXIED, Layers
from tests.template import LABEL, Template, statements

FUNCTION = "user-management-test-postgres-roles"


def made(
    *, sleeps: bool = False, endpoints: tuple[str, ...] = (), internet: bool = True, proxy: bool = False
) -> tuple[Template, TerraformStack]:
    """The data stack with the roles of a database."""
    layers = Layers.new()
    stack = layers.data
    context = layers.context(protect=True, sleeps=sleeps, endpoints=endpoints, internet=internet)
    port = Port.tcp(5432)
    group = SecurityGroup(
        stack, "database", label=LABEL, vpc=layers.vpc, name="postgres", description="Database", port=port
    )
    roles = DatabaseRoles(
        stack,
        "roles",
        context=context,
        server=RoleServer(
            engine="postgres",
            database="users",
            url=lambda _: "postgresql://{credentials}@{host}/users",
            host="db.example.com",
            port=port,
            connections=group.connections,
            identifier="user-management-test-postgres",
            arn=LABEL.arn("rds", "db:user-management-test-postgres"),
            resource_id="db-1",
            describe="rds:DescribeDBInstances",
        ),
        master=OwnMaster(stack, "master", context=context, database="postgres", username="app", version=1),
        roles=(OWNER, PROXIED if proxy else API),
        rotation_days=30,
        proxy_host=LABEL.path("postgres", "host") if proxy else None,
    )
    if proxy:
        roles.prepare()
    roles.apply(host="db.example.com", depends_on=[])
    return Template.of(stack), stack


def allowed(template: Template) -> list[dict[str, Any]]:
    return statements(template.named("aws_iam_role_policy.roles_function_role_permissions")["policy"])


def actions(template: Template) -> set[str]:
    found = (one["Action"] for one in allowed(template) if one["Effect"] == "Allow")
    return {action for some in found for action in ([some] if isinstance(some, str) else some)}


def test_it_has_what_the_function_reads() -> None:
    template, stack = made()
    function = template.only("aws_lambda_function", function_name=FUNCTION)
    assert set(function["environment"]["variables"]) == {"MASTER_SECRET", "HOST", "PORT", "KEY_ID"}
    assert function["handler"] == "database_roles.handler.handler"
    content = (Path(App.of(stack).outdir) / "stacks" / stack.node.id / function["filename"]).read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        settings = json.loads(archive.read("database_roles/settings.json"))
        authorities = archive.read(f"database_roles/{settings['authorities']}")
    assert {"database_roles/handler.py", "pg8000/__init__.py", "six.py"} < names
    assert not [name for name in names if name.startswith("pymongo")]
    assert authorities.startswith(b"-----BEGIN CERTIFICATE-----")


def test_every_region_has_its_authorities() -> None:
    folder = Path(__file__).parents[3] / "lambdas" / "database_roles" / "authorities"
    assert {path.stem for path in folder.glob("*.pem")} >= set(REGIONS)


def test_it_runs_in_the_private_subnets_and_reaches_only_the_database_and_aws() -> None:
    template, _ = made()
    function = template.only("aws_lambda_function")
    assert all("aws_subnetvpc_private-" in subnet for subnet in function["vpc_config"]["subnet_ids"])
    out = template.all("aws_vpc_security_group_egress_rule").values()
    assert sorted((rule["description"], rule["from_port"]) for rule in out) == [
        ("postgres-roles to internet", 443),
        ("postgres-roles to postgres", 5432),
    ]
    into = template.only("aws_vpc_security_group_ingress_rule")
    assert into["description"] == "postgres-roles to postgres"


def test_with_endpoints_for_all_it_needs_it_does_not_reach_the_internet() -> None:
    template, _ = made(endpoints=("ssm", "secretsmanager", "ecs"), internet=False)
    out = template.all("aws_vpc_security_group_egress_rule").values()
    assert {rule["description"] for rule in out} == {"postgres-roles to endpoints", "postgres-roles to postgres"}


def test_it_may_list_tasks_of_the_cluster_only() -> None:
    template, _ = made()
    (listed,) = [one for one in allowed(template) if one["Action"] == "ecs:ListTasks"]
    cluster = "arn:aws:ecs:us-east-1:444444444444:cluster/user-management-test-cluster"
    assert listed["Condition"] == {"ArnEquals": {"ecs:cluster": cluster}}
    (described,) = [one for one in allowed(template) if one["Action"] == "ecs:DescribeTasks"]
    assert described["Resource"] == "arn:aws:ecs:us-east-1:444444444444:task/user-management-test-cluster/*"


def test_it_asks_whether_the_database_runs_only_where_it_sleeps() -> None:
    assert "rds:DescribeDBInstances" not in actions(made()[0])
    template, stack = made(sleeps=True)
    (asks,) = [one for one in allowed(template) if one["Action"] == "rds:DescribeDBInstances"]
    assert asks["Resource"] == "arn:aws:rds:us-east-1:444444444444:db:user-management-test-postgres"
    function = template.only("aws_lambda_function")
    content = (Path(App.of(stack).outdir) / "stacks" / stack.node.id / function["filename"]).read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert json.loads(archive.read("database_roles/settings.json"))["stops"] == "user-management-test-postgres"


def test_it_may_do_nothing_else() -> None:
    assert {action.partition(":")[0] for action in actions(made()[0])} == {
        "ec2",
        "ecs",
        "kms",
        "logs",
        "secretsmanager",
        "sqs",
        "ssm",
        "xray",
    }


def test_it_reads_the_host_of_the_proxy_and_writes_none() -> None:
    (reads,) = [one for one in allowed(made(proxy=True)[0]) if one.get("Sid") == "ReadProxyHost"]
    assert reads["Action"] == "ssm:GetParameter"
    assert reads["Resource"] == "arn:aws:ssm:us-east-1:444444444444:parameter/user-management/test/postgres/host"


def test_it_is_called_again_when_its_code_or_the_database_changes() -> None:
    template, _ = made(proxy=True)
    code = template.only("aws_lambda_function")["source_code_hash"]
    events = {json.loads(one["input"])["action"]: one for one in template.all("aws_lambda_invocation").values()}
    assert set(events) == {"prepare", "apply"}
    for event in events.values():
        assert json.loads(event["input"]).items() >= {"code": code, "database": "db-1"}.items()
        assert event["function_name"].startswith("${aws_lambda_function.roles_function_")
        needs = {one.partition(".")[0] for one in event["depends_on"]}
        assert needs >= {"aws_lambda_function", "aws_ssm_parameter", "aws_vpc_security_group_ingress_rule"}
    assert json.loads(events["apply"]["input"])["host"] == "db.example.com"


def test_it_turns_what_is_due_every_six_hours_and_a_failure_warns() -> None:
    template, _ = made()
    schedule = template.only("aws_scheduler_schedule")
    assert schedule["schedule_expression"] == "rate(6 hours)"
    assert json.loads(schedule["target"]["input"]) == {"action": "turn"}
    alarm = template.only("aws_cloudwatch_metric_alarm")
    assert (alarm["alarm_name"], alarm["tags"]) == (f"{FUNCTION}-failed", {"Severity": "warning"})
