"""What a plan changes in the costs: by resource, with what is not known by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from console.plan_file import PlanError
from pricing.charge import Site
from pricing.difference import EstimateError, combined, cost_difference
from pricing.estimate import estimate
from pricing.prices import monthly_usd
from pricing.resource import Inventory, stack_resources
from pricing.usage import Limit, Usage
from synthesis.manifest import of_environment, read_stacks
from tests.pricing.plans import change, plan

if TYPE_CHECKING:
    from pathlib import Path

    from synthesis.manifest import Stack

QUIET = Usage(key_requests_ten_thousand=0, nat_gib=0, load_balancer_units=0)
POSTGRES = {
    "engine": "postgres",
    "instance_class": "db.t4g.micro",
    "allocated_storage": 20,
    "storage_type": "gp3",
    "backup_retention_period": 7,
    "identifier": "users",
}
KEY_USD = 1.0


def usd(name: str, quantity: float = 1) -> float:
    return monthly_usd(name, region="us-east-1", quantity=quantity)


def test_what_is_created_costs_more_and_what_is_deleted_less() -> None:
    found = cost_difference(
        plan(change("aws_kms_key.new", None, {}), change("aws_eip.old", {}, None), change("aws_kms_key.same", {}, {})),
        usage=QUIET,
    )
    assert [(one.address, one.action, one.usd) for one in found.resources] == [
        ("aws_eip.old", "delete", pytest.approx(-3.65)),
        ("aws_kms_key.new", "create", KEY_USD),
    ]
    assert found.before_usd == pytest.approx(3.65 + KEY_USD)
    assert found.after_usd == pytest.approx(2 * KEY_USD)
    assert found.unknown == ()


def test_an_update_and_a_replacement_have_the_costs_of_before_and_after() -> None:
    larger = {**POSTGRES, "instance_class": "db.t4g.small", "multi_az": True}
    for actions in (["update"], ["delete", "create"], ["create", "delete"]):
        (found,) = cost_difference(plan(change("aws_db_instance.a", POSTGRES, larger, actions=actions))).resources
        assert found.action == ("update" if actions == ["update"] else "replace")
        assert found.before_usd == pytest.approx(usd("postgres/db.t4g.micro") + usd("postgres_storage", 20))
        assert found.after_usd == pytest.approx(
            usd("postgres_multi_az/db.t4g.small") + usd("postgres_storage_multi_az", 20)
        )


def service(count: int) -> dict[str, Any]:
    return {
        "launch_type": "FARGATE",
        "desired_count": count,
        "name": "api",
        "task_definition": "arn:aws:ecs:us-east-1:111111111111:task-definition/api:3",
    }


TASK = {"cpu": "1024", "memory": "2048", "arn": service(1)["task_definition"]}
TASK_USD = usd("fargate_x86_vcpu") + usd("fargate_x86_memory", 2)


def test_a_service_that_does_not_change_costs_more_when_its_scaling_keeps_more_tasks() -> None:
    scaling = {"service_namespace": "ecs", "resource_id": "service/main/api", "min_capacity": 2}
    found = cost_difference(
        plan(
            change("aws_ecs_service.api", service(1), service(1)),
            change("aws_ecs_task_definition.api", TASK, TASK),
            change("aws_appautoscaling_target.api", scaling, {**scaling, "min_capacity": 5}),
        )
    )
    assert [(one.address, one.action) for one in found.resources] == [("aws_ecs_service.api", "")]
    assert found.usd == pytest.approx(3 * TASK_USD)


def test_what_a_new_service_refers_to_is_found_in_the_configuration_also_in_modules() -> None:
    new = {name: value for name, value in service(2).items() if name != "task_definition"}
    resource = {"provider_config_key": "module.api:aws", "address": "aws_ecs_service.api"}
    resource["expressions"] = {"task_definition": {"references": ["aws_ecs_task_definition.api.arn"]}}  # type: ignore[assignment]
    root = {
        "module_calls": {
            "api": {
                "module": {
                    "resources": [resource, {"address": "aws_ecs_task_definition.api", "provider_config_key": "aws"}]
                }
            }
        }
    }
    found = cost_difference(
        plan(
            change('module.api["x"].aws_ecs_service.api', None, new, after_unknown={"task_definition": True}),
            change('module.api["x"].aws_ecs_task_definition.api', None, {"cpu": "1024", "memory": "2048"}),
            configuration={
                "provider_config": {"aws": {"expressions": {"region": {"constant_value": "us-east-1"}}}},
                "root_module": root,
            },
        )
    )
    assert [(one.address, one.action) for one in found.resources] == [('module.api["x"].aws_ecs_service.api', "create")]
    assert found.usd == pytest.approx(2 * TASK_USD)


def test_the_region_is_that_of_the_provider_which_may_be_a_variable() -> None:
    provider = {"aws.west": {"expressions": {"region": {"references": ["var.region"]}}}}
    resource = {"address": "aws_kms_key.a", "provider_config_key": "aws.west"}
    content = plan(
        change("aws_kms_key.a", None, {}),
        configuration={"provider_config": provider, "root_module": {"resources": [resource]}},
        variables={"region": {"value": "ap-south-1"}},
    )
    with pytest.raises(EstimateError, match=r"no prices of ap-south-1; it has those of .*us-east-1"):
        cost_difference(content)


def test_what_has_no_price_is_named_only_if_the_plan_changes_it() -> None:
    found = cost_difference(
        plan(
            change("aws_redshift_cluster.new", None, {}),
            change("aws_redshift_cluster.same", {}, {}),
            change("aws_db_instance.oracle", None, {"engine": "oracle-ee"}),
            change("aws_db_instance.odd", None, {**POSTGRES, "instance_class": "db.z9.large"}),
        ),
        usage=QUIET,
    )
    assert len(found.unknown) == 3
    assert found.unknown[0].startswith("aws_redshift_cluster.new: the type aws_redshift_cluster has no price")
    assert (
        found.unknown[1]
        == 'aws_db_instance.oracle: RDS: the engine "oracle-ee" has no price; there are prices for "postgres"'
    )
    assert found.unknown[2].startswith(
        "aws_db_instance.odd: PostgreSQL: prices.toml has no price postgres/db.z9.large; it has db.t3.micro, "
    )


def test_what_terraform_forgets_still_costs_and_a_deposed_object_costs_until_it_is_gone() -> None:
    forgotten = change("aws_kms_key.a", {}, None, actions=["forget"])
    deposed = {**change("aws_eip.a", {}, None), "deposed": "abcd1234"}
    found = cost_difference(plan(forgotten, deposed), usage=QUIET)
    assert [one.address for one in found.resources] == ["aws_eip.a (deposed abcd1234)"]
    assert found.after_usd == KEY_USD


def test_data_and_what_is_only_read_cost_nothing() -> None:
    data = {**change("aws_kms_key.a", None, {}, actions=["read"]), "mode": "data"}
    assert cost_difference(plan(data)).after_usd == 0


def test_a_limit_is_exceeded_above_it_and_not_at_it() -> None:
    found = cost_difference(plan(change("aws_kms_key.a", {}, {}), change("aws_kms_key.b", None, {})), usage=QUIET)
    assert found.usd == KEY_USD
    assert found.exceeded(Limit(increase_usd=1, increase_percent=100)) is None
    assert found.exceeded(Limit()) is None
    assert found.exceeded(Limit(increase_usd=0.5)) == "The plan costs 1.00 USD a month more; the limit is 0.50 USD"
    assert found.exceeded(Limit(increase_percent=99)) == "The plan costs 100 % more a month; the limit is 99 %"
    new = cost_difference(plan(change("aws_kms_key.b", None, {})), usage=QUIET)
    assert "more than nothing" in str(new.exceeded(Limit(increase_percent=99)))


def test_several_plans_are_added() -> None:
    one = cost_difference(plan(change("aws_kms_key.a", None, {})), usage=QUIET)
    two = cost_difference(plan(change("aws_eip.a", None, {}), change("aws_redshift_cluster.a", None, {})), usage=QUIET)
    both = combined([one, two])
    assert both.usd == pytest.approx(one.usd + two.usd)
    assert [each.address for each in both.resources] == ["aws_eip.a", "aws_kms_key.a"]
    assert both.unknown == two.unknown


def test_tasks_that_sleep_cost_less() -> None:
    content = plan(change("aws_ecs_service.api", None, service(1)), change("aws_ecs_task_definition.api", None, TASK))
    assert cost_difference(content, awake_share=0.25).usd == pytest.approx(TASK_USD / 4)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, "the plan: is not the JSON of a plan: it has no format_version; make one with `terraform plan"),
        ({"format_version": "2.0"}, "the plan: has the format_version '2.0', and must have 1.x"),
        ({"format_version": "1.0", "values": {}}, "the plan: is a state and not a plan"),
        ({"format_version": "1.2", "resource_changes": [{}]}, "the plan: is not a valid plan: resource_changes[0]"),
        ({"format_version": "1.2", "errored": True}, "the plan ended with an error and has only a part of the changes"),
    ],
)
def test_what_is_not_a_plan_is_reported_in_one_line(content: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanError) as caught:
        cost_difference(content)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_sensitive_value_is_not_in_a_reason() -> None:
    database = change("aws_db_instance.a", None, {"engine": "postgres", "instance_class": "db.z9.secret"})
    database["change"]["after_sensitive"] = {"instance_class": True}
    assert cost_difference(plan(database), region="us-east-1").unknown[0].endswith("(sensitive)")
    region = change("aws_eip.a", None, {"region": "xx-1"})
    region["change"]["after_sensitive"] = {"region": True}
    with pytest.raises(EstimateError, match="a region of the plan, which is sensitive") as caught:
        cost_difference(plan(region))
    assert "xx-1" not in str(caught.value)


def test_thousands_of_resources_are_not_compared_with_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    monkeypatch.setattr("pricing.resource._refers", lambda *pair: compared.append(pair))
    databases = (change(f"aws_db_instance.a{index}", {}, None) for index in range(30))
    cost_difference(plan(*databases), region="us-east-1")
    assert compared == []


def planned(value: Any) -> Any:
    """What a plan has of a value: without each text inside that refers to another resource."""
    if isinstance(value, dict):
        return {name: planned(item) for name, item in value.items() if not is_reference(item)}
    if isinstance(value, list):
        return [None if is_reference(item) else planned(item) for item in value]
    return value


def is_reference(value: object) -> bool:
    return isinstance(value, str) and "${aws_" in value


def as_plan(stack: Stack, *, is_destroy: bool) -> dict[str, Any]:
    """The plan that creates or destroys a stack: what refers to another resource is not known before."""
    changes, configured = [], []
    for one in stack_resources(stack):
        unknown = {name: True for name, value in one.arguments.items() if is_reference(value)}
        before, after = (dict(one.arguments), None) if is_destroy else (None, planned(dict(one.arguments)))
        entry = change("aws_x.y", before, after, after_unknown=unknown)
        changes.append({**entry, "address": one.address, "type": one.kind})
        expressions = {name: {"references": sorted(found)} for name, found in one.references.items() if found}
        key = f"aws.{one.region}"
        configured.append({"address": one.address, "provider_config_key": key, "expressions": expressions})
    regions = ("us-east-1", "us-west-2")
    providers = {f"aws.{region}": {"expressions": {"region": {"constant_value": region}}} for region in regions}
    return plan(*changes, configuration={"provider_config": providers, "root_module": {"resources": configured}})


def test_a_plan_of_a_whole_stack_costs_what_its_synthesized_json_does(output: Path) -> None:
    """Each type is read the same way from both, and a destroy takes away what the create adds."""
    stacks = of_environment(read_stacks(output), "prod")
    assert len(stacks) > 10
    for stack in stacks.values():
        site = Site(inventory=Inventory(tuple(stack_resources(stack))), usage=Usage())
        alone = estimate(site, with_free_units=False)
        created = cost_difference(as_plan(stack, is_destroy=False), usage=Usage())
        assert created.usd == pytest.approx(alone.usd), stack.id
        assert len(created.unknown) == len({(one.resource.address, one.reason) for one in alone.unpriced}), stack.id
        destroyed = cost_difference(as_plan(stack, is_destroy=True), usage=Usage())
        assert destroyed.usd == pytest.approx(-alone.usd), stack.id
