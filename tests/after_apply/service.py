"""What the running APIs say of the layer `service` after an apply, held against the settings.

Functions over a boto3 session, so that they can be asked of the emulator and of a real account alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import boto3

    from config.environment import Environment

TLS_POLICIES = {
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "ELBSecurityPolicy-TLS13-1-3-2021-06",
}


def check_services_run_where_and_as_often_as_set(session: boto3.Session, config: Environment) -> None:
    """One ECS service per table, with its count, engine and shell."""
    found = _services(session, config)
    assert set(found) == set(config.services)
    for name, settings in config.services.items():
        service = found[name]
        assert (service["status"], service["desiredCount"]) == ("ACTIVE", settings.first_count), name
        blue_green = config.deployment.engine == "blue_green" and settings.is_served
        controller = service.get("deploymentController", {"type": "ECS"})["type"]
        assert controller == ("CODE_DEPLOY" if blue_green else "ECS"), name
        assert service.get("enableExecuteCommand", False) is config.cluster.execute_command, name


def check_tasks_are_in_private_subnets_without_public_addresses(session: boto3.Session, config: Environment) -> None:
    """Private: no route of the subnet leads to an internet gateway."""
    ec2 = session.client("ec2")
    for name, service in _services(session, config).items():
        network = _network(service)
        assert network["assignPublicIp"] == "DISABLED", name
        subnets = ec2.describe_subnets(SubnetIds=network["subnets"])["Subnets"]
        assert {subnet["CidrBlock"] for subnet in subnets} == {
            str(zone.private_cidr) for zone in config.network.zones if zone.private_cidr
        }, name
        for subnet in subnets:
            by_subnet = [{"Name": "association.subnet-id", "Values": [subnet["SubnetId"]]}]
            (table,) = ec2.describe_route_tables(Filters=by_subnet)["RouteTables"]
            assert not [r for r in table["Routes"] if r.get("GatewayId", "").startswith("igw-")], name


def check_tasks_are_hardened_and_hold_no_secret(session: boto3.Session, config: Environment) -> None:
    """No root, nothing to write to, and secrets only by the ARN of a parameter."""
    ecs = session.client("ecs")
    for name, service in _services(session, config).items():
        task = ecs.describe_task_definition(taskDefinition=_task_definition(service))["taskDefinition"]
        settings = config.services[name]
        assert (task["cpu"], task["memory"]) == (str(settings.cpu_units), str(settings.memory_mib)), name
        assert task["runtimePlatform"]["cpuArchitecture"] == settings.architecture, name
        assert task["taskRoleArn"] != task["executionRoleArn"], name
        application = task["containerDefinitions"][0]
        assert application["readonlyRootFilesystem"] is True, name
        assert application["user"] == settings.user, name
        secrets = {secret["name"]: secret["valueFrom"] for secret in application.get("secrets", [])}
        start = f"arn:aws:ssm:{config.region}:{config.account_id}:parameter/user-management/{config.name}/"
        assert secrets == {variable: f"{start}{end}" for variable, end in settings.secrets.items()}, name


def check_the_balancer_is_as_public_as_set(session: boto3.Session, config: Environment) -> None:
    """Internal behind CloudFront, else public; logged, strict, and protected where data is."""
    elb = session.client("elbv2")
    balancer = _balancer(session, config)
    assert balancer["Scheme"] == ("internal" if config.edge.enabled else "internet-facing")
    listed = elb.describe_load_balancer_attributes(LoadBalancerArn=balancer["LoadBalancerArn"])["Attributes"]
    attributes = {attribute["Key"]: attribute["Value"] for attribute in listed}
    assert attributes["deletion_protection.enabled"] == str(config.protect_data).lower()
    assert attributes["routing.http.desync_mitigation_mode"] == "strictest"
    assert attributes["routing.http.drop_invalid_header_fields.enabled"] == "true"
    assert attributes["access_logs.s3.enabled"] == attributes["connection_logs.s3.enabled"] == "true"


def check_listeners_take_only_modern_tls(session: boto3.Session, config: Environment) -> None:
    """HTTPS by a policy without old TLS; HTTP only redirects."""
    for listener in _listeners(session, config):
        if listener["Protocol"] == "HTTP":
            (action,) = listener["DefaultActions"]
            assert (action["Type"], action["RedirectConfig"]["Protocol"]) == ("redirect", "HTTPS")
        else:
            assert listener["Protocol"] == "HTTPS"
            assert listener["SslPolicy"] in TLS_POLICIES
            assert listener["SslPolicy"] == config.load_balancer.tls_policy
    ports = {443, 80} | ({config.deployment.test_port} if config.deployment.engine == "blue_green" else set())
    assert {listener["Port"] for listener in _listeners(session, config)} == ports


def check_rules_send_each_path_to_its_service(session: boto3.Session, config: Environment) -> None:
    """On each HTTPS listener, each service's paths at its priority, to a target group of its port."""
    elb = session.client("elbv2")
    expected = {
        (str(settings.priority), settings.path_patterns, settings.port, settings.protocol, settings.health_path)
        for settings in config.services.values()
        if settings.is_served
    }
    for listener in _listeners(session, config):
        if listener["Protocol"] == "HTTP":
            continue
        found = set()
        for rule in elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]:
            if rule["Priority"] == "default":
                continue
            (condition,) = rule["Conditions"]
            arn = rule["Actions"][0]["TargetGroupArn"]
            (group,) = elb.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"]
            patterns = tuple(condition["PathPatternConfig"]["Values"])
            health = group["HealthCheckPath"]
            found.add((rule["Priority"], patterns, group["Port"], group["Protocol"], health))
        assert found == expected


def check_scaling_targets_have_the_bounds_set(session: boto3.Session, config: Environment) -> None:
    """A scalable target per service, with a policy per measure."""
    scaling = session.client("application-autoscaling")
    targets = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    by_service = {target["ResourceId"].rpartition("/")[2]: target for target in targets}
    for name, settings in config.services.items():
        target = by_service[f"user-management-{config.name}-{name}"]
        assert (target["MinCapacity"], target["MaxCapacity"]) == (settings.min_count, settings.max_count), name
        policies = scaling.describe_scaling_policies(ServiceNamespace="ecs", ResourceId=target["ResourceId"])
        measures = {policy["PolicyName"].rpartition("-")[2] for policy in policies["ScalingPolicies"]}
        counted = settings.is_served and settings.requests_per_target is not None
        assert measures == {"cpu", "memory"} | ({"requests"} if counted else set()), name


def check_the_pipeline_finds_its_files(session: boto3.Session, config: Environment) -> None:
    """taskdef.json holds no reference that Terraform has left open, and asks for the next image."""
    s3 = session.client("s3")
    bucket = f"user-management-{config.name}-release-files-{config.account_id}"
    for name in config.services:
        body = s3.get_object(Bucket=bucket, Key=f"{name}/taskdef.json")["Body"].read().decode()
        assert '"image": "<IMAGE1_NAME>"' in body, name
        assert "${" not in body, name


CHECKS = (
    check_services_run_where_and_as_often_as_set,
    check_tasks_are_in_private_subnets_without_public_addresses,
    check_tasks_are_hardened_and_hold_no_secret,
    check_the_balancer_is_as_public_as_set,
    check_listeners_take_only_modern_tls,
    check_rules_send_each_path_to_its_service,
    check_scaling_targets_have_the_bounds_set,
    check_the_pipeline_finds_its_files,
)


def _services(session: boto3.Session, config: Environment) -> Mapping[str, Any]:
    ecs = session.client("ecs")
    cluster = f"user-management-{config.name}-cluster"
    arns = ecs.list_services(cluster=cluster)["serviceArns"]
    services = ecs.describe_services(cluster=cluster, services=arns)["services"]
    return {s["serviceName"].removeprefix(f"user-management-{config.name}-"): s for s in services}


def _network(service: Mapping[str, Any]) -> Any:
    # A service of CodeDeploy has its network and its task in its task sets.
    holders = (service, *service.get("taskSets", ()))
    return next(h["networkConfiguration"] for h in holders if h.get("networkConfiguration"))["awsvpcConfiguration"]


def _task_definition(service: Mapping[str, Any]) -> str:
    holders = (service, *service.get("taskSets", ()))
    return str(next(holder["taskDefinition"] for holder in holders if holder.get("taskDefinition")))


def _balancer(session: boto3.Session, config: Environment) -> Any:
    name = f"user-management-{config.name}-web"
    return session.client("elbv2").describe_load_balancers(Names=[name])["LoadBalancers"][0]


def _listeners(session: boto3.Session, config: Environment) -> Any:
    arn = _balancer(session, config)["LoadBalancerArn"]
    return session.client("elbv2").describe_listeners(LoadBalancerArn=arn)["Listeners"]
