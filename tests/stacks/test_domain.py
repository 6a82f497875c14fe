"""Layer `domain` of the test environments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from config.domain import HealthCheckSettings
from config.load import load_environment
from main import synthesize
from modules.errors import WiringError
from stacks.domain import DomainStack
from stacks.state import StateStack
from synthesis.manifest import read_stacks
from tests.config.examples import present
from tests.fixtures import FOLDER
from tests.template import new_app

if TYPE_CHECKING:
    from pathlib import Path

    from config.environment import Environment
    from tests.template import Template


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_the_viewers_certificate_is_in_the_layer_and_region_of_cloudfront(
    stacks: dict[str, Template], environments: dict[str, Environment], environment: str
) -> None:
    if not environments[environment].edge:
        assert f"{environment}-edge" not in stacks
        return
    stack = stacks[f"{environment}-edge"]
    (provider,) = stack.document["provider"]["aws"]
    assert provider["region"] == "us-east-1"
    regional = stacks[f"{environment}-domain"].only("aws_acm_certificate")
    viewers = stack.only("aws_acm_certificate")
    for part in ("domain_name", "subject_alternative_names"):
        assert viewers.get(part) == regional.get(part)
    # The load balancer has one more, for a name that no user types.
    own = stacks[f"{environment}-service"].only("aws_acm_certificate")
    assert own["domain_name"] == environments[environment].origin_name
    kinds = {record["type"] for record in stack.all("aws_route53_record").values()}
    assert kinds == {"A", "AAAA"}  # the other certificate has the validation records


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_the_name_servers_of_a_new_zone_are_an_output(stacks: dict[str, Template], environment: str) -> None:
    stack = stacks[f"{environment}-domain"]
    assert stack.output("name_servers") == "${aws_route53_zone.zone.name_servers}"
    assert "next_step" not in stack.document["output"]  # it is delegated


def test_the_zone_above_delegates_the_zones_of_the_other_environments(
    stacks: dict[str, Template], environments: dict[str, Environment]
) -> None:
    records = stacks["prod-domain"].all("aws_route53_record").values()
    delegated = {record["name"] for record in records if record["type"] == "NS"}
    assert delegated == {present(environments[name].domain).zone_name for name in ("dev", "staging")}


@pytest.fixture(scope="module")
def undelegated(environments: dict[str, Environment], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of dev and prod, whose zones are not delegated yet."""
    output: Path = tmp_path_factory.mktemp("undelegated") / "cdktf.out"
    synthesize([not_delegated(environments[name]) for name in ("dev", "prod")], output)
    return output


def not_delegated(environment: Environment) -> Environment:
    domain = present(environment.domain).model_copy(update={"delegated": False})
    return environment.model_copy(update={"domain": domain})


def test_before_the_delegation_nothing_waits_for_a_certificate(undelegated: Path) -> None:
    stacks = read_stacks(undelegated)
    assert [id_ for id_ in stacks if stacks[id_].layer in {"service", "edge", "delivery", "observability"}] == []
    assert stacks["dev-domain"].left_out == ("service", "delivery", "observability")
    assert stacks["prod-domain"].left_out == ("service", "edge", "delivery", "observability")
    for stack in stacks.values():
        assert list(stack.all("aws_acm_certificate", "aws_acm_certificate_validation")) == []
    kinds = sorted(resource.kind for resource in stacks["dev-domain"].all())
    assert kinds == ["aws_route53_record", "aws_route53_zone"]  # the record says who may issue certificates
    assert "next_step" in stacks["dev-domain"].document["output"]


def test_the_zone_stays_as_it_is_when_it_is_delegated(undelegated: Path, output: Path) -> None:
    before, after = (read_stacks(folder)["dev-domain"] for folder in (undelegated, output))
    (zone,), (same,) = before.all("aws_route53_zone"), after.all("aws_route53_zone")
    assert zone == same


def test_a_stack_that_is_not_left_out_cannot_use_the_certificate(environments: dict[str, Environment]) -> None:
    app = new_app()
    config = not_delegated(environments["dev"])
    state = StateStack(app, config=config)
    stack = DomainStack(app, config=config, settings=present(config.domain), state=state, notifications=None)
    with pytest.raises(WiringError, match="add the layer that uses it to left_out_layers"):
        _ = stack.certificate


def test_queries_are_logged_in_production(stacks: dict[str, Template], environments: dict[str, Environment]) -> None:
    logged = {name for name in environments if stacks[f"{name}-domain"].all("aws_route53_query_log")}
    assert logged == {"prod"}


def test_the_ds_record_of_a_signed_zone_is_an_output(stacks: dict[str, Template]) -> None:
    assert str(stacks["staging-domain"].output("ds_record")).endswith(".ds_record}")
    assert "ds_record" not in stacks["prod-domain"].document["output"]


def test_in_another_region_the_key_and_the_log_have_a_stack_of_the_layer_in_us_east_1(tmp_path: Path) -> None:
    synthesize([load_environment("elsewhere", folder=FOLDER / "renamed")], tmp_path / "cdktf.out")
    stacks = read_stacks(tmp_path / "cdktf.out")
    stack = stacks["elsewhere-domain-us-east-1"]
    assert (stack.layer, stack.region) == ("domain", "us-east-1")
    kinds = {resource.kind for resource in stack.all()}
    assert {"aws_route53_hosted_zone_dnssec", "aws_route53_query_log", "aws_cloudwatch_log_group"} <= kinds
    assert "elsewhere-domain" in stack.producers(stacks).values()
    home = {resource.kind for resource in stacks["elsewhere-domain"].all()}
    assert kinds & home == {"aws_cloudwatch_metric_alarm"}  # of the signing here, of the certificate there
    assert "elsewhere-notifications-us-east-1" in stacks


def test_in_another_region_the_check_of_a_site_without_cloudfront_is_where_its_alarm_can_be(tmp_path: Path) -> None:
    elsewhere = load_environment("elsewhere", folder=FOLDER / "renamed")
    plain = present(elsewhere.domain).model_copy(update={"query_logging": False, "dnssec": False})
    checked = plain.model_copy(update={"health_check": HealthCheckSettings()})
    without = {"edge": None, "firewall": None}
    for domain, stack_of_check in ((plain, None), (checked, "elsewhere-domain-us-east-1")):
        environment = elsewhere.model_copy(update={**without, "domain": domain})
        synthesize([environment], tmp_path / "cdktf.out")
        stacks = read_stacks(tmp_path / "cdktf.out")
        assert ("elsewhere-domain-us-east-1" in stacks) == (stack_of_check is not None)
        places = [stack.id for stack in stacks.values() for _ in stack.all("aws_route53_health_check")]
        assert places == ([stack_of_check] if stack_of_check else [])
        if stack_of_check:
            alarms = list(stacks[stack_of_check].all("aws_cloudwatch_metric_alarm"))
            assert [alarm.get("metric_name") for alarm in alarms] == ["HealthCheckStatus"]
            assert stack_of_check in stacks["elsewhere-service"].producers(stacks).values()


def test_in_another_region_cloudfronts_check_of_the_site_is_in_the_layer_edge(tmp_path: Path) -> None:
    elsewhere = load_environment("elsewhere", folder=FOLDER / "renamed")
    domain = present(elsewhere.domain).model_copy(update={"health_check": HealthCheckSettings()})
    for maintenance in (False, True):
        edge = present(elsewhere.edge).model_copy(update={"maintenance": maintenance})
        synthesize([elsewhere.model_copy(update={"domain": domain, "edge": edge})], tmp_path / "cdktf.out")
        stacks = read_stacks(tmp_path / "cdktf.out")
        places = [stack.id for stack in stacks.values() for _ in stack.all("aws_route53_health_check")]
        assert places == ["elsewhere-edge"]
        named = {alarm.get("metric_name") for alarm in stacks["elsewhere-edge"].all("aws_cloudwatch_metric_alarm")}
        assert ("HealthCheckStatus" in named) == (not maintenance), "during maintenance the site answers with 503"
