from __future__ import annotations

from typing import Any

import pytest

from preflight import peak
from preflight.peak import FARGATE, FARGATE_SPOT
from preflight.platform import Platform
from synthesis.manifest import of_environment, read_stacks
from tests.preflight.samples import layer, of, platform

REGION = "us-east-1"


def service(*, most: int = 3, cpu: str = "512", **arguments: Any) -> Platform:
    """A platform of one service that scales from 1 to `most` tasks."""
    return platform(
        {
            "aws_ecs_task_definition.task": {"cpu": cpu},
            "aws_ecs_service.web": {
                "name": "web",
                "desired_count": 1,
                "task_definition": "${aws_ecs_task_definition.task.arn}",
                "deployment_controller": {"type": "ECS"},
                **arguments,
            },
            "aws_appautoscaling_target.scaling": {
                "max_capacity": most,
                "resource_id": "service/c/${aws_ecs_service.web.name}",
            },
        }
    )


def strategy(provider: str, *, weight: int, base: int = 0) -> dict[str, Any]:
    return {"capacity_provider": provider, "weight": weight, "base": base}


def test_blue_green_runs_every_task_twice() -> None:
    found = service(deployment_controller={"type": "CODE_DEPLOY"}, deployment_maximum_percent=100)

    assert peak.fargate_vcpu(found, FARGATE, REGION) == 3 * 2 * 0.5


def test_blue_green_of_ecs_itself_runs_every_task_twice() -> None:
    found = service(deployment_configuration={"strategy": "BLUE_GREEN"}, deployment_maximum_percent=100)

    assert peak.fargate_vcpu(found, FARGATE, REGION) == 3 * 2 * 0.5


@pytest.mark.parametrize(("percent", "tasks"), [(200, 6), (150, 4), (100, 3), (None, 6)])
def test_a_rolling_release_runs_up_to_its_maximum(percent: int | None, tasks: int) -> None:
    (found,) = peak.services(service(deployment_maximum_percent=percent), REGION)

    assert (found.tasks, found.release_tasks) == (3, tasks)


def test_a_service_that_does_not_scale_has_its_desired_count() -> None:
    (found,) = peak.services(service(most=0, desired_count=4), REGION)

    assert found.tasks == 4


@pytest.mark.parametrize(
    ("strategies", "on_demand"),
    [
        ([], 6),
        ([strategy(FARGATE, weight=100)], 6),
        ([strategy(FARGATE_SPOT, weight=100)], 0),
        ([strategy(FARGATE, weight=1), strategy(FARGATE_SPOT, weight=1)], 3),
        ([strategy(FARGATE, weight=1), strategy(FARGATE_SPOT, weight=3)], 2),
        ([strategy(FARGATE, weight=0, base=2), strategy(FARGATE_SPOT, weight=100)], 2),
        ([strategy(FARGATE, weight=1), strategy(FARGATE_SPOT, weight=0, base=2)], 4),
    ],
)
def test_tasks_are_divided_between_on_demand_and_spot(strategies: list[dict[str, Any]], on_demand: int) -> None:
    (found,) = peak.services(service(capacity_provider_strategy=strategies), REGION)

    assert (found.on_demand_tasks, found.release_tasks) == (on_demand, 6)
    assert found.vcpu(FARGATE) + found.vcpu(FARGATE_SPOT) == 6 * 0.5


def test_prod_needs_twice_its_largest_scale_and_dev_only_spot(output: Any) -> None:
    stacks = read_stacks(output)
    prod, dev = (Platform(of_environment(stacks, name)) for name in ("prod", "dev"))

    assert peak.fargate_vcpu(prod, FARGATE, REGION) == (6 + 10) * 1 * 2
    assert peak.fargate_vcpu(prod, FARGATE_SPOT, REGION) == 0
    assert peak.fargate_vcpu(dev, FARGATE, REGION) == 0
    assert peak.fargate_vcpu(dev, FARGATE_SPOT, REGION) == (2 + 2) * 0.25 * 2


def test_services_of_another_region_do_not_count() -> None:
    assert peak.services(service(), "eu-west-1") == []


def test_instances_of_both_databases_count_and_storage_is_the_largest() -> None:
    found = platform(
        {
            "aws_db_instance.a": {"allocated_storage": 20, "max_allocated_storage": 200},
            "aws_db_instance.b": {"allocated_storage": 30},
            "aws_docdb_cluster_instance.c": {},
        }
    )

    assert peak.database_instances(found, REGION) == 3
    assert peak.database_storage_gib(found, REGION) == 230


def test_nat_gateways_count_by_the_zone_of_their_subnet() -> None:
    found = platform(
        {
            "aws_subnet.a": {"availability_zone": "us-east-1a"},
            "aws_subnet.b": {"availability_zone_id": "use1-az2"},
            "aws_nat_gateway.a": {"subnet_id": "${aws_subnet.a.id}"},
            "aws_nat_gateway.b": {"subnet_id": "${aws_subnet.b.id}"},
            "aws_nat_gateway.c": {"subnet_id": "${aws_subnet.b.id}"},
        }
    )

    assert peak.nat_gateways(found, REGION) == {"us-east-1a": 1, "use1-az2": 2}


def test_only_gateway_endpoints_count() -> None:
    found = platform({"aws_vpc_endpoint.s3": {}, "aws_vpc_endpoint.logs": {"vpc_endpoint_type": "Interface"}})

    assert peak.gateway_endpoints(found, REGION) == 1


def test_network_load_balancers_have_another_quota() -> None:
    assert peak.load_balancers(platform({"aws_lb.a": {}, "aws_lb.b": {"load_balancer_type": "network"}}), REGION) == 1


def test_rules_count_by_their_load_balancer() -> None:
    found = platform(
        {
            "aws_lb.a": {},
            "aws_lb.b": {},
            "aws_lb_listener.production": {"load_balancer_arn": "${aws_lb.a.arn}"},
            "aws_lb_listener.test": {"load_balancer_arn": "${aws_lb.a.arn}"},
            "aws_lb_listener.other": {"load_balancer_arn": "${aws_lb.b.arn}"},
            "aws_lb_listener_rule.a": {"listener_arn": "${aws_lb_listener.production.arn}"},
            "aws_lb_listener_rule.b": {"listener_arn": "${aws_lb_listener.test.arn}"},
            "aws_lb_listener_rule.c": {"listener_arn": "${aws_lb_listener.other.arn}"},
        }
    )
    assert peak.listener_rules(found, REGION) == 2
    assert peak.listener_rules(found, "eu-west-1") == 0


def test_only_services_that_take_requests_have_targets() -> None:
    balanced = service(load_balancer=[{"target_group_arn": "arn"}])
    assert [(one.tasks, one.release_tasks) for one in peak.balanced_services(balanced, REGION)] == [(3, 6)]
    assert peak.balanced_services(service(), REGION) == []


def test_prod_has_a_rule_and_a_test_rule_for_each_service(output: Any) -> None:
    prod = Platform(of_environment(read_stacks(output), "prod"))
    assert peak.listener_rules(prod, REGION) == 4
    assert [one.tasks for one in peak.balanced_services(prod, REGION)] == [10, 6]


def test_rules_that_other_stacks_add_to_a_group_count() -> None:
    data = layer(
        {
            "aws_security_group.db": {},
            "aws_vpc_security_group_ingress_rule.a": {"security_group_id": "${aws_security_group.db.id}"},
            "aws_vpc_security_group_egress_rule.b": {"security_group_id": "${aws_security_group.db.id}"},
        },
        layer="data",
        output={"group": {"value": "${aws_security_group.db.id}"}},
    )
    place = {"bucket": data.backend["bucket"], "key": data.backend["key"]}
    other = layer(
        {
            "aws_vpc_security_group_ingress_rule.c": {
                "security_group_id": "${data.terraform_remote_state.data.outputs.group}"
            }
        },
        layer="service",
        data={"terraform_remote_state": {"data": {"config": place}}},
    )

    assert peak.security_group_rules(of(data, other)) == 2


def test_a_prefix_list_counts_as_its_weight() -> None:
    lists = {"edge": {"name": "com.amazonaws.global.cloudfront.origin-facing"}}
    found = platform(
        {
            "aws_vpc_security_group_ingress_rule.a": {
                "security_group_id": "sg-1",
                "prefix_list_id": "${data.aws_ec2_managed_prefix_list.edge.id}",
            },
            "aws_vpc_security_group_ingress_rule.b": {
                "security_group_id": "sg-1",
                "prefix_list_id": "${aws_vpc_endpoint.s3.prefix_list_id}",
            },
        },
        data={"aws_ec2_managed_prefix_list": lists},
    )

    assert peak.security_group_rules(found) == 56


def test_rules_of_an_acl_count_by_direction() -> None:
    acl = {"network_acl_id": "${aws_network_acl.a.id}"}
    found = platform(
        {
            "aws_network_acl.a": {},
            "aws_network_acl_rule.in1": {**acl, "egress": False},
            "aws_network_acl_rule.in2": {**acl, "egress": False},
            "aws_network_acl_rule.out": {**acl, "egress": True},
        }
    )

    assert peak.network_acl_rules(found) == 2


def test_functions_reserve_what_they_name() -> None:
    found = platform(
        {
            "aws_lambda_function.a": {"function_name": "a", "reserved_concurrent_executions": 5},
            "aws_lambda_function.b": {"function_name": "b", "reserved_concurrent_executions": -1},
            "aws_lambda_function.c": {"function_name": "c"},
        }
    )

    assert peak.reserving_functions(found, REGION) == {"a": 5}


def test_a_service_that_stands_by_counts_as_it_is_in_the_other_region() -> None:
    """It must be possible to start it on the day on which the other region is lost."""
    home, there = ("us-east-1", {"max_capacity": 3}), ("us-west-2", {"max_capacity": 0})
    found = of(
        *(
            layer(
                {
                    "aws_ecs_task_definition.task": {"cpu": "512"},
                    "aws_ecs_service.web": {
                        "name": "web",
                        "desired_count": 0,
                        "task_definition": "${aws_ecs_task_definition.task.arn}",
                    },
                    "aws_appautoscaling_target.scaling": {
                        "resource_id": "service/c/${aws_ecs_service.web.name}",
                        **bounds,
                    },
                },
                layer=f"service-{region}",
                region=region,
            )
            for region, bounds in (home, there)
        )
    )
    assert [one.tasks for one in peak.services(found, "us-west-2")] == [3]
    assert peak.fargate_vcpu(found, FARGATE, "us-west-2") == 3 * 2 * 0.5
