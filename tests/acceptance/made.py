"""Services, a load balancer and what they need, made in an account without Terraform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from acceptance.account import EmulatedSession
    from config.environment import Environment

CLUSTER: Final = "user-management-dev-cluster"


class Made:
    """What a test has created in the account."""

    def __init__(self, session: EmulatedSession, dev: Environment) -> None:
        self.ec2, self.ecs, self.elb = (session.client(name) for name in ("ec2", "ecs", "elbv2"))
        self.acm = session.client("acm")
        self.dev = dev
        self.vpc = self.ec2.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]

    def subnet(self, cidr: str, zone: str = "us-east-1a") -> str:
        created = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=cidr, AvailabilityZone=zone)
        return str(created["Subnet"]["SubnetId"])

    def public_subnet(self, cidr: str) -> str:
        subnet = self.subnet(cidr)
        gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(VpcId=self.vpc, InternetGatewayId=gateway)
        table = self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
        self.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        self.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        return subnet

    def service(
        self, name: str, *, subnet: str | None = None, public: str = "DISABLED", count: int = 1, **task: Any
    ) -> None:
        self.ecs.create_cluster(clusterName=CLUSTER)
        application = {"name": name, "image": "any", "readonlyRootFilesystem": True, "user": "1000:1000"}
        arn = self.ecs.register_task_definition(
            family=name,
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu=task.get("cpu", "256"),
            memory=task.get("memory", "512"),
            runtimePlatform={"cpuArchitecture": "ARM64"},
            taskRoleArn=f"arn:aws:iam::{self.dev.account_id}:role/task",
            executionRoleArn=f"arn:aws:iam::{self.dev.account_id}:role/{task.get('execution_role', 'start')}",
            containerDefinitions=[application | task.get("application", {})],
        )["taskDefinition"]["taskDefinitionArn"]
        by_vpc = [{"Name": "vpc-id", "Values": [self.vpc]}]
        network = {
            "subnets": [subnet or self.subnet("10.2.50.0/24")],
            "securityGroups": [self.ec2.describe_security_groups(Filters=by_vpc)["SecurityGroups"][0]["GroupId"]],
            "assignPublicIp": public,
        }
        self.ecs.create_service(
            cluster=CLUSTER,
            serviceName=f"user-management-dev-{name}",
            taskDefinition=arn,
            desiredCount=count,
            networkConfiguration={"awsvpcConfiguration": network},
        )

    def balancer(self) -> str:
        subnets = [self.subnet("10.2.1.0/24"), self.subnet("10.2.2.0/24", "us-east-1b")]
        made = self.elb.create_load_balancer(Name="user-management-dev-web", Subnets=subnets, Scheme="internal")
        return str(made["LoadBalancers"][0]["LoadBalancerArn"])

    def listener(self, balancer: str, port: int, protocol: str, **more: Any) -> str:
        answer = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]
        made = self.elb.create_listener(
            LoadBalancerArn=balancer, Port=port, Protocol=protocol, DefaultActions=answer, **more
        )
        return str(made["Listeners"][0]["ListenerArn"])

    def https_listener(self, balancer: str) -> str:
        certificate = self.acm.request_certificate(DomainName="dev.users.example.com")["CertificateArn"]
        return self.listener(
            balancer,
            443,
            "HTTPS",
            SslPolicy="ELBSecurityPolicy-2016-08",
            Certificates=[{"CertificateArn": certificate}],
        )
