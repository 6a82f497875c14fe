"""The two services that users see: balancer, rules, tasks, scaling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import boto3

    from config.environment import Environment

_TLS_POLICIES: Final = {
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "ELBSecurityPolicy-TLS13-1-3-2021-06",
}


def check_services_run_where_and_as_often_as_set(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """One ECS service per table, with its count, engine and shell."""
    found = _services(environment, session)
    yield from _differs("the services", set(found), set(environment.services))
    for name, settings in environment.services.items():
        if name not in found:
            continue
        service = found[name]
        running = (service["status"], service["desiredCount"])
        yield from _differs(f"{name}: status and count", running, ("ACTIVE", settings.first_count))
        blue_green = environment.deployment.engine == "blue_green" and settings.is_served
        controller = service.get("deploymentController", {"type": "ECS"})["type"]
        yield from _differs(f"{name}: deployment controller", controller, "CODE_DEPLOY" if blue_green else "ECS")
        shell = service.get("enableExecuteCommand", False)
        yield from _differs(f"{name}: a shell in its tasks", shell, environment.cluster.execute_command)


def check_tasks_are_in_private_subnets_without_public_addresses(
    environment: Environment, session: boto3.Session
) -> Iterator[str]:
    """Private: no route of the subnet leads to an internet gateway."""
    ec2 = session.client("ec2")
    for name, service in _services(environment, session).items():
        network = _network(service)
        yield from _differs(f"{name}: public addresses", network["assignPublicIp"], "DISABLED")
        subnets = ec2.describe_subnets(SubnetIds=network["subnets"])["Subnets"]
        private = {str(zone.private_cidr) for zone in environment.network.zones if zone.private_cidr}
        yield from _differs(f"{name}: subnets", {subnet["CidrBlock"] for subnet in subnets}, private)
        for subnet in subnets:
            by_subnet = [{"Name": "association.subnet-id", "Values": [subnet["SubnetId"]]}]
            (table,) = ec2.describe_route_tables(Filters=by_subnet)["RouteTables"]
            public = [r for r in table["Routes"] if r.get("GatewayId", "").startswith("igw-")]
            yield from _differs(f"{name}: routes to the internet", public, [])


def check_tasks_are_hardened_and_hold_no_secret(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """No root, nothing to write to, and secrets only by the ARN of a parameter."""
    ecs = session.client("ecs")
    for name, service in _services(environment, session).items():
        task = ecs.describe_task_definition(taskDefinition=_task_definition(service))["taskDefinition"]
        settings = environment.services[name]
        size = (str(settings.cpu_units), str(settings.memory_mib))
        yield from _differs(f"{name}: size", (task["cpu"], task["memory"]), size)
        architecture = task["runtimePlatform"]["cpuArchitecture"]
        yield from _differs(f"{name}: architecture", architecture, settings.architecture)
        if task["taskRoleArn"] == task["executionRoleArn"]:
            yield f"{name}: the task runs under its execution role"
        application = task["containerDefinitions"][0]
        yield from _differs(f"{name}: read-only root", application["readonlyRootFilesystem"], wanted=True)
        yield from _differs(f"{name}: user", application["user"], settings.user)
        secrets = {secret["name"]: secret["valueFrom"] for secret in application.get("secrets", [])}
        start = (
            f"arn:aws:ssm:{environment.region}:{environment.account_id}:parameter/user-management/{environment.name}/"
        )
        named = {variable: f"{start}{end}" for variable, end in settings.secrets.items()}
        yield from _differs(f"{name}: secrets", secrets, named)


def check_the_balancer_is_as_public_as_set(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """Internal behind CloudFront, else public; logged, strict, and protected where data is."""
    elb = session.client("elbv2")
    balancer = _balancer(environment, session)
    scheme = "internal" if environment.edge.enabled else "internet-facing"
    yield from _differs("the balancer's scheme", balancer["Scheme"], scheme)
    listed = elb.describe_load_balancer_attributes(LoadBalancerArn=balancer["LoadBalancerArn"])["Attributes"]
    attributes = {attribute["Key"]: attribute["Value"] for attribute in listed}
    for attribute, wanted in {
        "deletion_protection.enabled": str(environment.protect_data).lower(),
        "routing.http.desync_mitigation_mode": "strictest",
        "routing.http.drop_invalid_header_fields.enabled": "true",
        "access_logs.s3.enabled": "true",
        "connection_logs.s3.enabled": "true",
    }.items():
        yield from _differs(f"the balancer's {attribute}", attributes.get(attribute), wanted)


def check_listeners_take_only_modern_tls(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """HTTPS by a policy without old TLS; HTTP only redirects."""
    for listener in _listeners(environment, session):
        if listener["Protocol"] == "HTTP":
            (action,) = listener["DefaultActions"]
            answer = (action["Type"], action.get("RedirectConfig", {}).get("Protocol"))
            yield from _differs("what HTTP answers", answer, ("redirect", "HTTPS"))
        else:
            spoken = (listener["Protocol"], listener.get("SslPolicy"))
            yield from _differs(f"port {listener['Port']}", spoken, ("HTTPS", environment.load_balancer.tls_policy))
            if listener.get("SslPolicy") not in _TLS_POLICIES:
                yield f"port {listener['Port']} takes TLS older than 1.2: {listener.get('SslPolicy')}"
    ports = {443, 80} | ({environment.deployment.test_port} if environment.deployment.engine == "blue_green" else set())
    yield from _differs("the ports", {listener["Port"] for listener in _listeners(environment, session)}, ports)


def check_rules_send_each_path_to_its_service(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """On each HTTPS listener, each service's paths at its priority, to a target group of its port."""
    elb = session.client("elbv2")
    expected = {
        (str(settings.priority), settings.path_patterns, settings.port, settings.protocol, settings.health_path)
        for settings in environment.services.values()
        if settings.is_served
    }
    for listener in _listeners(environment, session):
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
        yield from _differs(f"the rules of port {listener['Port']}", found, expected)


def check_scaling_targets_have_the_bounds_set(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """A scalable target per service, with a policy per measure."""
    scaling = session.client("application-autoscaling")
    targets = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    by_service = {target["ResourceId"].rpartition("/")[2]: target for target in targets}
    for name, settings in environment.services.items():
        target = by_service[f"user-management-{environment.name}-{name}"]
        bounds = (target["MinCapacity"], target["MaxCapacity"])
        yield from _differs(f"{name}: bounds", bounds, (settings.min_count, settings.max_count))
        policies = scaling.describe_scaling_policies(ServiceNamespace="ecs", ResourceId=target["ResourceId"])
        measures = {policy["PolicyName"].rpartition("-")[2] for policy in policies["ScalingPolicies"]}
        counted = settings.is_served and settings.requests_per_target is not None
        wanted = {"cpu", "memory"} | ({"requests"} if counted else set())
        yield from _differs(f"{name}: what it scales by", measures, wanted)


def check_the_pipeline_finds_its_files(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """taskdef.json holds no reference that Terraform has left open, and asks for the next image."""
    s3 = session.client("s3")
    bucket = f"user-management-{environment.name}-release-files-{environment.account_id}"
    for name in environment.services:
        body = s3.get_object(Bucket=bucket, Key=f"{name}/taskdef.json")["Body"].read().decode()
        if '"image": "<IMAGE1_NAME>"' not in body:
            yield f"{name}: taskdef.json does not ask for the next image"
        if "${" in body:
            yield f"{name}: taskdef.json holds a reference that Terraform left open"


def _services(environment: Environment, session: boto3.Session) -> Mapping[str, Any]:
    ecs = session.client("ecs")
    cluster = f"user-management-{environment.name}-cluster"
    arns = ecs.list_services(cluster=cluster)["serviceArns"]
    services = ecs.describe_services(cluster=cluster, services=arns)["services"]
    return {s["serviceName"].removeprefix(f"user-management-{environment.name}-"): s for s in services}


def _network(service: Mapping[str, Any]) -> Any:  # noqa: ANN401 (what boto3 answers has no type)
    # A service of CodeDeploy has its network and its task in its task sets.
    holders = (service, *service.get("taskSets", ()))
    return next(h["networkConfiguration"] for h in holders if h.get("networkConfiguration"))["awsvpcConfiguration"]


def _task_definition(service: Mapping[str, Any]) -> str:
    holders = (service, *service.get("taskSets", ()))
    return str(next(holder["taskDefinition"] for holder in holders if holder.get("taskDefinition")))


def _balancer(environment: Environment, session: boto3.Session) -> Any:  # noqa: ANN401 (what boto3 answers has no type)
    name = f"user-management-{environment.name}-web"
    return session.client("elbv2").describe_load_balancers(Names=[name])["LoadBalancers"][0]


def _listeners(environment: Environment, session: boto3.Session) -> Any:  # noqa: ANN401 (what boto3 answers has no type)
    arn = _balancer(environment, session)["LoadBalancerArn"]
    return session.client("elbv2").describe_listeners(LoadBalancerArn=arn)["Listeners"]


def _differs(what: str, found: object, wanted: object) -> Iterator[str]:
    if found != wanted:
        yield f"{what}: {found}, wanted {wanted}"
