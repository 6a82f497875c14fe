"""The VPC that everything else runs in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

    from config.environment import Environment


def check_subnets_are_in_their_zones(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """Each is in the physical place that the settings name; a name of a zone is another place in another account."""
    ec2 = session.client("ec2")
    for zone in environment.network.zones:
        blocks = [str(cidr) for cidr in zone.cidrs.values()]
        for subnet in ec2.describe_subnets(Filters=[{"Name": "cidr-block", "Values": blocks}])["Subnets"]:
            if subnet["AvailabilityZoneId"] != zone.id:
                yield f"the subnet {subnet['CidrBlock']} is in {subnet['AvailabilityZoneId']}, not in {zone.id}"


def check_database_subnets_have_no_route_out(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """Their route table has local routes and gateway endpoints only."""
    ec2 = session.client("ec2")
    for zone in environment.network.zones:
        subnets = ec2.describe_subnets(Filters=[{"Name": "cidr-block", "Values": [str(zone.database_cidr)]}])["Subnets"]
        if len(subnets) != 1:
            yield f"{len(subnets)} subnets have the range {zone.database_cidr} of a database subnet"
            continue
        (subnet,) = subnets
        tables = ec2.describe_route_tables(Filters=[{"Name": "association.subnet-id", "Values": [subnet["SubnetId"]]}])[
            "RouteTables"
        ]
        if not tables:
            yield f"the database subnet {zone.database_cidr} has no route table of its own"
        for route in (route for table in tables for route in table["Routes"]):
            if route.get("DestinationCidrBlock") == "0.0.0.0/0" or route.get("DestinationIpv6CidrBlock") == "::/0":
                yield f"the database subnet {zone.database_cidr} has a route to the internet: {route}"


def check_default_security_group_has_no_rules(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """A resource without a chosen group gets the default one, which must allow nothing."""
    ec2 = session.client("ec2")
    (vpc,) = ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": [str(environment.network.cidr)]}])["Vpcs"]
    (group,) = ec2.describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}, {"Name": "group-name", "Values": ["default"]}]
    )["SecurityGroups"]
    for rule in (*group["IpPermissions"], *group["IpPermissionsEgress"]):
        yield f"the default security group has a rule: {rule}"


def check_flow_logs_are_delivered(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """AWS accepts a flow log whose role allows too little; only the status of the delivery shows it."""
    ec2 = session.client("ec2")
    (vpc,) = ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": [str(environment.network.cidr)]}])["Vpcs"]
    flow_logs = ec2.describe_flow_logs(Filters=[{"Name": "resource-id", "Values": [vpc["VpcId"]]}])["FlowLogs"]
    if not flow_logs:
        yield f"{vpc['VpcId']} has no flow log"
    for flow_log in flow_logs:
        if flow_log.get("DeliverLogsStatus") != "SUCCESS":
            yield f"{flow_log['FlowLogId']} is not delivered: {flow_log.get('DeliverLogsErrorMessage')}"
