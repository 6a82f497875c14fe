"""The running services: their count, size, network and hardening, as the settings say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from acceptance.checks.domain import find_zone_id
from acceptance.firewall import web_acl_problems
from config.images import registry_host, repository_path
from config.load_balancer import LoadBalancerSettings
from config.names import NameLimit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import boto3

    from config.environment import Environment
    from config.services import ServiceSettings

_BELOW: Final = "LessThanThreshold"
_ORIGINS: Final = "CloudFront-VPCOrigins-Service-SG"
_ADDRESSES: Final = "com.amazonaws.global.cloudfront.origin-facing"
_SMOKE_TEST: Final = "smoke-test"
_PEERS: Final = {
    "UserIdGroupPairs": "GroupId",
    "PrefixListIds": "PrefixListId",
    "IpRanges": "CidrIp",
    "Ipv6Ranges": "CidrIpv6",
}


def check_services_match_the_settings(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """One ECS service per table, with its count, deployment controller and shell."""
    found = _services(environment, session)
    yield from _differs("the services", set(found), set(environment.services))
    for name, settings, service in _both(environment, found):
        yield from _differs(f"tasks of {name}", service["desiredCount"], settings.initial_count)
        blue_green = environment.deployment.strategy == "blue_green" and settings.is_load_balanced
        controller = service.get("deploymentController", {"type": "ECS"})["type"]
        yield from _differs(f"controller of {name}", controller, "CODE_DEPLOY" if blue_green else "ECS")
        shell = service.get("enableExecuteCommand", False)
        yield from _differs(f"shells in {name}", shell, environment.cluster.execute_command)


def check_tasks_are_in_private_subnets_without_public_addresses(
    environment: Environment, session: boto3.Session
) -> Iterator[str]:
    """Private means that no route of the subnet leads to an internet gateway."""
    ec2: Any = session.client("ec2")
    private = {str(zone.private_cidr) for zone in environment.network.zones if zone.private_cidr}
    for name, service in _services(environment, session).items():
        network = _of_service_or_task_set(service, "networkConfiguration")["awsvpcConfiguration"]
        yield from _differs(f"public address of {name}", network["assignPublicIp"], "DISABLED")
        subnets = ec2.describe_subnets(SubnetIds=network["subnets"])["Subnets"]
        yield from _differs(f"subnets of {name}", {subnet["CidrBlock"] for subnet in subnets}, private)
        for subnet in network["subnets"]:
            by_subnet = [{"Name": "association.subnet-id", "Values": [subnet]}]
            tables = ec2.describe_route_tables(Filters=by_subnet)["RouteTables"]
            if not tables:
                yield f"{name} runs in {subnet}, which has no route table of its own"
            routes = [route for table in tables for route in table["Routes"]]
            if any(route.get("GatewayId", "").startswith("igw-") for route in routes):
                yield f"{name} runs in {subnet}, which has a route to an internet gateway"


def check_containers_are_hardened_and_have_no_secret(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """No root user, read-only root, two roles, and secrets only by the ARN of a parameter."""
    ecs = session.client("ecs")
    start = f"arn:aws:ssm:{environment.region}:{environment.account_id}:parameter{environment.names.path()}/"
    for name, settings, service in _both(environment, _services(environment, session)):
        arn = _of_service_or_task_set(service, "taskDefinition")
        task = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
        size = (task["cpu"], task["memory"], task["runtimePlatform"]["cpuArchitecture"])
        wanted = (str(settings.cpu_units), str(settings.memory_mib), settings.architecture)
        yield from _differs(f"size of {name}", size, wanted)
        if task["taskRoleArn"] == task["executionRoleArn"]:
            yield f"{name} has one role for the task and for its execution"
        application = task["containerDefinitions"][0]
        yield from _differs(f"read-only root of {name}", application["readonlyRootFilesystem"], True)
        yield from _differs(f"user of {name}", application["user"], settings.user)
        secrets = {secret["name"]: secret["valueFrom"] for secret in application.get("secrets", [])}
        roles = (*environment.postgres_roles, *environment.documentdb_roles)
        urls = {f"{role.database}/url": role.url_name for role in roles if role.service == name}
        wanted_secrets = {variable: f"{start}{urls.get(end, end)}" for variable, end in settings.secrets.items()}
        yield from _differs(f"secrets of {name}", secrets, wanted_secrets)


def check_images_can_be_pulled_and_never_change(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """Each image is in a repository of the account, by digest or with tags that cannot be moved."""
    ecs, ecr = session.client("ecs"), session.client("ecr")
    host = registry_host(environment.account_id, environment.region)
    immutable = {
        repository["repositoryName"]: repository["imageTagMutability"] == "IMMUTABLE"
        for page in ecr.get_paginator("describe_repositories").paginate()
        for repository in page["repositories"]
    }
    for name, service in _services(environment, session).items():
        arn = _of_service_or_task_set(service, "taskDefinition")
        for container in ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]["containerDefinitions"]:
            image, where = container["image"], f"the image of {container['name']} in {name}"
            if not image.startswith(f"{host}/"):
                yield f"{where}: {image} is not in {host}"
            elif repository_path(image) not in immutable:
                yield f"{where}: {image} is in no repository of the account"
            elif "@" not in image and not immutable[repository_path(image)]:
                yield f"{where}: the tag of {image} can be moved"


def check_absence_of_each_service_is_watched(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """An alarm per service that goes off when no task works, for services that always have one."""
    if environment.notifications is None:
        return
    cloudwatch = session.client("cloudwatch")
    names = {
        environment.names.name(f"{name}-absence", limit=NameLimit.ALARM): name
        for name, settings in environment.services.items()
        if settings.min_count
    }
    found = {
        alarm["AlarmName"]: (alarm["TreatMissingData"], alarm["ComparisonOperator"], alarm["ActionsEnabled"])
        for page in cloudwatch.get_paginator("describe_alarms").paginate()
        for alarm in page["MetricAlarms"]
        if alarm["AlarmName"] in names  # those of auto-scaling have other settings
    }
    for alarm, name in names.items():
        yield from _differs(f"the alarm on absence of {name}", found.get(alarm), ("breaching", _BELOW, True))


def check_load_balancer_matches_the_settings(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """Internal behind CloudFront, else public; logged, strict, and protected where data is."""
    if environment.load_balancer is None:
        return
    elb = session.client("elbv2")
    load_balancer = _load_balancer(environment, session)
    scheme = "internet-facing" if environment.has_public_load_balancer else "internal"
    yield from _differs("the load balancer's scheme", load_balancer["Scheme"], scheme)
    listed = elb.describe_load_balancer_attributes(LoadBalancerArn=load_balancer["LoadBalancerArn"])["Attributes"]
    found = {attribute["Key"]: attribute["Value"] for attribute in listed}
    wanted = {
        "deletion_protection.enabled": str(environment.protect_data).lower(),
        "routing.http.desync_mitigation_mode": "strictest",
        "routing.http.drop_invalid_header_fields.enabled": "true",
        "access_logs.s3.enabled": "true",
        "connection_logs.s3.enabled": "true",
    }
    yield from _differs("the load balancer's attributes", {key: found.get(key) for key in wanted}, wanted)


def check_names_lead_to_the_load_balancer(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """All names of the domain, or, behind CloudFront, the load balancer's own."""
    if environment.load_balancer is None or environment.domain is None:
        return
    balancer = _load_balancer(environment, session)
    names = (environment.origin_name,) if environment.origin_name else environment.domain.names
    pages = session.client("route53").get_paginator("list_resource_record_sets")
    found = {
        record["Name"].rstrip(".").replace("\\052", "*"): record["AliasTarget"]["DNSName"].rstrip(".").lower()
        for page in pages.paginate(HostedZoneId=find_zone_id(environment.domain, session))
        for record in page["ResourceRecordSets"]
        if record["Type"] == "A" and "AliasTarget" in record
    }
    for name in names:
        yield from _differs(f"the alias of {name}", found.get(str(name)), balancer["DNSName"].lower())


def check_cloudfront_comes_in_by_its_own_group_only(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """A deployed VPC origin for the load balancer, and no rule for any address."""
    if environment.load_balancer is None or environment.edge is None:
        return
    ec2: Any = session.client("ec2")
    balancer = _load_balancer(environment, session)
    groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [balancer["VpcId"]]}])["SecurityGroups"]
    names = {group["GroupId"]: group["GroupName"] for group in groups}
    names |= {one["PrefixListId"]: one["PrefixListName"] for one in ec2.describe_managed_prefix_lists()["PrefixLists"]}
    peers = [
        (permission["FromPort"], names.get(peer[key], peer[key]))
        for group in groups
        if group["GroupId"] in balancer["SecurityGroups"]
        for permission in group["IpPermissions"]
        for kind, key in _PEERS.items()
        for peer in permission.get(kind, ())
    ]
    is_internal = not environment.has_public_load_balancer
    wanted = _ORIGINS if is_internal else _ADDRESSES
    if environment.deployment.strategy == "blue_green":
        # The smoke test of releases reaches the listener that no user reaches.
        port, start = environment.deployment.test_port, f"{environment.names.prefix}-{_SMOKE_TEST}"
        peers = [peer for peer in peers if peer[0] != port or not peer[1].startswith(start)]
    yield from _differs("who reaches the load balancer", peers, [(443, wanted)])
    origins = session.client("cloudfront").list_vpc_origins()["VpcOriginList"].get("Items", ())
    found = [one["Status"] for one in origins if one["OriginEndpointArn"] == balancer["LoadBalancerArn"]]
    yield from _differs("the VPC origins of the load balancer", found, ["Deployed"] if is_internal else [])


def check_public_load_balancer_has_its_firewall(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """The web ACL of the settings, or the user's own, is before it."""
    if environment.firewall is None or not environment.has_public_load_balancer:
        return
    arn = _load_balancer(environment, session)["LoadBalancerArn"]
    found: Any = session.client("wafv2").get_web_acl_for_resource(ResourceArn=arn).get("WebACL")
    if found is None:
        yield "the load balancer has no web ACL"
    elif environment.firewall.web_acl_arn not in {None, found["ARN"]}:
        yield f"the load balancer has the web ACL {found['ARN']}, not {environment.firewall.web_acl_arn}"
    yield from web_acl_problems(environment, session, "REGIONAL")


def check_listeners_take_only_modern_tls(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """HTTPS by the policy of the settings, none of which takes less than TLS 1.2; HTTP only redirects."""
    if environment.load_balancer is None:
        return
    listeners = _listeners(environment, session)
    test = {environment.deployment.test_port} if environment.deployment.strategy == "blue_green" else set()
    yield from _differs("the listeners' ports", {listener["Port"] for listener in listeners}, {80, 443} | test)
    for listener in listeners:
        where = f"the listener on port {listener['Port']}"
        if listener["Port"] == 80:  # noqa: PLR2004
            actions = [action["Type"] for action in listener["DefaultActions"]]
            yield from _differs(f"what {where} does", actions, ["redirect"])
            continue
        yield from _differs(f"protocol of {where}", listener["Protocol"], "HTTPS")
        yield from _differs(f"TLS policy of {where}", listener.get("SslPolicy"), environment.load_balancer.tls_policy)


def check_rules_send_each_path_to_its_service(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """On each HTTPS listener each service's paths, at its priority, to a target group of its port and health check."""
    if environment.load_balancer is None:
        return
    elb = session.client("elbv2")
    wanted = {
        (
            *(str(settings.priority), settings.path_patterns, settings.port, settings.protocol),
            *(settings.health_path, settings.health_codes),
        )
        for settings in environment.services.values()
        if settings.is_load_balanced
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
            target = (group["Port"], group["Protocol"], group["HealthCheckPath"], group["Matcher"]["HttpCode"])
            found.add((rule["Priority"], patterns, *target))
        yield from _differs(f"the rules on port {listener['Port']}", found, wanted)


def check_scaling_matches_the_settings(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """A scalable target per service, with a policy per metric."""
    scaling = session.client("application-autoscaling")
    targets = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    by_service = {target["ResourceId"].rpartition("/")[2]: target for target in targets}
    for name, settings in environment.services.items():
        target = by_service.get(environment.names.name(name, limit=NameLimit.ECS))
        if target is None:
            yield f"{name} does not scale"
            continue
        bounds = (target["MinCapacity"], target["MaxCapacity"])
        yield from _differs(f"bounds of {name}", bounds, (settings.min_count, settings.max_count))
        policies = scaling.describe_scaling_policies(ServiceNamespace="ecs", ResourceId=target["ResourceId"])
        metrics = {policy["PolicyName"].rpartition("-")[2] for policy in policies["ScalingPolicies"]}
        counted = settings.is_load_balanced and settings.requests_per_target is not None
        yield from _differs(f"metrics of {name}", metrics, {"cpu", "memory"} | ({"requests"} if counted else set()))


def check_release_files_are_complete(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """Each taskdef.json has the placeholder of the next image and no unresolved reference."""
    s3 = session.client("s3")
    bucket = environment.names.bucket_name("release-files")
    listed = s3.list_objects_v2(Bucket=bucket).get("Contents", ())
    ends = "/taskdef.json"
    found = {entry["Key"].removesuffix(ends) for entry in listed if entry["Key"].endswith(ends)}
    yield from _differs("the services with a taskdef.json", found, set(environment.services))
    for name in sorted(found):
        text = s3.get_object(Bucket=bucket, Key=f"{name}/taskdef.json")["Body"].read().decode()
        if '"image": "<IMAGE1_NAME>"' not in text:
            yield f"{name}/taskdef.json has no placeholder for the next image"
        if "${" in _without_settings(text, environment.services.get(name)):
            yield f"{name}/taskdef.json has an unresolved reference"


def _without_settings(text: str, settings: ServiceSettings | None) -> str:
    """A taskdef.json without the text of the settings, which may look like a reference."""
    written = (*settings.environment.values(), *settings.command, *settings.health_command) if settings else ()
    for value in sorted(filter(None, written), key=len, reverse=True):
        text = text.replace(json.dumps(value), '""')
    return text


def _differs(what: str, found: object, wanted: object) -> Iterator[str]:
    if found != wanted:
        yield f"{what}: {found}, wanted {wanted}"


def _services(environment: Environment, session: boto3.Session) -> Mapping[str, Any]:
    ecs = session.client("ecs")
    cluster = environment.names.name("cluster", limit=NameLimit.ECS)
    arns = ecs.list_services(cluster=cluster)["serviceArns"]
    services = ecs.describe_services(cluster=cluster, services=arns)["services"] if arns else []
    return {s["serviceName"].removeprefix(f"{environment.names.prefix}-"): s for s in services}


def _both(environment: Environment, found: Mapping[str, Any]) -> Iterator[tuple[str, ServiceSettings, Any]]:
    """What is both set and found; the first check reports the differences."""
    for name, settings in environment.services.items():
        if name in found:
            yield name, settings, found[name]


def _of_service_or_task_set(service: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - boto3 gives JSON
    # A service that CodeDeploy deploys has its network and its task in its task sets.
    holders = (service, *service.get("taskSets", ()))
    return next(holder[name] for holder in holders if holder.get(name))


def _load_balancer(environment: Environment, session: boto3.Session) -> Any:  # noqa: ANN401 - boto3 gives JSON
    settings = environment.load_balancer or LoadBalancerSettings()
    name = environment.names.name(settings.name, limit=NameLimit.LOAD_BALANCER)
    return session.client("elbv2").describe_load_balancers(Names=[name])["LoadBalancers"][0]


def _listeners(environment: Environment, session: boto3.Session) -> Any:  # noqa: ANN401 - boto3 gives JSON
    arn = _load_balancer(environment, session)["LoadBalancerArn"]
    return session.client("elbv2").describe_listeners(LoadBalancerArn=arn)["Listeners"]
