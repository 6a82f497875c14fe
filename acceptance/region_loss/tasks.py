"""What the tasks of a service have in a region: their place in the network, and what their roles may read and write.

On AWS a task gets no more than this. The emulator evaluates few policies, so they are evaluated here, with the
conditions that AWS sends.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from acceptance.database_clients import CLIENT_ERRORS, open_documentdb, open_postgres
from config.names import NameLimit
from emulator.databases import reach
from emulator.keys import find_key
from emulator.permissions import policy_admits, role_actions
from emulator.reachability import Place
from emulator.registry import REGISTRY, Context

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pg8000.native

    from acceptance.account import Account
    from config.environment import Environment
    from emulator.conditions import Values

_DECRYPT: Final = "kms:Decrypt"


class TaskError(Exception):
    """Something that a task needs, and does not get: it says what and why."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """The tasks of one service in one region."""

    service: str
    region: str
    account: Account
    count: int
    """How many ECS is to run."""
    image: str
    place: Place
    secrets: Mapping[str, str]
    """The ARN of the parameter of each variable that ECS fills."""
    variables: Mapping[str, str]
    role: str
    execution_role: str

    def secret(self, variable: str) -> str:
        """The value that ECS gives to a task when it starts, read with the rights of the execution role.

        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html

        Raises:
            TaskError: The task has no such variable, or the role may not read it, or there is no such parameter.
        """
        arn = self.secrets.get(variable)
        if arn is None:
            message = f"{self._name} has no variable {variable}"
            raise TaskError(message)
        return self._read(arn, role=self.execution_role, action="ssm:GetParameters")

    def parameter(self, variable: str) -> str:
        """The value of the parameter whose name is in a variable, read with the rights of the task's own role.

        Raises:
            TaskError: As `secret`.
        """
        name = self.variables.get(variable)
        if name is None:
            message = f"{self._name} has no variable {variable}"
            raise TaskError(message)
        arn = f"arn:aws:ssm:{self.region}:{self.account.id}:parameter{name}"
        return self._read(arn, role=self.role, action="ssm:GetParameter")

    @contextmanager
    def postgres(self, url: str) -> Iterator[pg8000.native.Connection]:
        """Connect to PostgreSQL by a url, if packets of the task arrive there.

        Raises:
            TaskError: They do not, or the database refuses something before the block ends.
        """
        self._require_way(url)
        try:
            with open_postgres(url, self.account.emulator, account=self.account.id) as connection:
                yield connection
        except (*CLIENT_ERRORS, reach.UnreachableError) as error:
            message = f"PostgreSQL in {self.region} refuses {self._name}: {error}"
            raise TaskError(message) from error

    @contextmanager
    def documentdb(self, url: str) -> Iterator[Any]:
        """Connect to the database of DocumentDB that a url names, if packets of the task arrive there.

        Raises:
            TaskError: As `postgres`.
        """
        self._require_way(url)
        try:
            with open_documentdb(url, self.account.emulator, account=self.account.id) as database:
                yield database
        except (*CLIENT_ERRORS, reach.UnreachableError) as error:
            message = f"DocumentDB in {self.region} refuses {self._name}: {error}"
            raise TaskError(message) from error

    def require_write(self, bucket: str, key: str) -> None:
        """Require that the task's own role may add a file to a bucket, and use the bucket's key for it.

        Raises:
            TaskError: It may not.
        """
        arn = f"arn:aws:s3:::{bucket}/{key}"
        if not role_actions(self.role, ("s3:PutObject",), arn, sent={"aws:securetransport": ("true",)}):
            message = f"{self._name} may not write {arn}"
            raise TaskError(message)
        s3 = self.account.session(self.region).client("s3")
        rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        key_id = rules[0]["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"]
        self._require_key(
            key_id, self.role, "kms:GenerateDataKey", service="s3", context=("aws:s3:arn", f"arn:aws:s3:::{bucket}")
        )

    @property
    def _name(self) -> str:
        return f"a task of {self.service} in {self.region}"

    def _read(self, arn: str, *, role: str, action: str) -> str:
        if not role_actions(role, (action,), arn, sent={}):
            message = f"{role} may not read {arn}, so {self._name} does not start"
            raise TaskError(message)
        ssm: Any = self.account.session(self.region).client("ssm")
        name = arn.rpartition(":parameter")[2]
        filters = [{"Key": "Name", "Option": "Equals", "Values": [name]}]
        found = ssm.describe_parameters(ParameterFilters=filters)["Parameters"]
        if not found:
            message = f"{arn} is not there, so {self._name} does not start"
            raise TaskError(message)
        if key := found[0].get("KeyId"):
            self._require_key(key, role, _DECRYPT, service="ssm", context=("PARAMETER_ARN", arn))
        return str(ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])

    def _require_key(self, key_id: str, role: str, action: str, *, service: str, context: tuple[str, str]) -> None:
        name, value = context
        key = find_key(key_id, Context("kms", action.partition(":")[2], self.account.id, self.region, REGISTRY.store))
        if key is None:
            message = f"the key {key_id} of {value} cannot be used, so {self._name} does not get it"
            raise TaskError(message)
        sent: Values = {
            "kms:viaservice": (f"{service}.{self.region}.amazonaws.com",),
            f"kms:encryptioncontext:{name.lower()}": (value,),
            "kms:encryptioncontextkeys": (name,),
            "kms:resourcealiases": tuple(key.aliases),
            "kms:calleraccount": (self.account.id,),
        }
        if not role_actions(role, (action,), key.arn, sent=sent) or not policy_admits(key.policy, role, action, sent):
            message = f"{role} may not call {action} with {key.arn} for {value}"
            raise TaskError(message)

    def _require_way(self, url: str) -> None:
        parts = urlsplit(url)
        with REGISTRY.lock:
            try:
                endpoint = reach.find(self.account.id, str(parts.hostname), parts.port)
                reach.require_way(self.place, endpoint)
            except reach.UnreachableError as error:
                message = f"{self._name} does not reach {parts.hostname}: {error}"
                raise TaskError(message) from error


def find_task(environment: Environment, account: Account, service: str, *, region: str) -> Task:
    """What a service's tasks have in a region.

    Raises:
        TaskError: There is no such service.
    """
    ecs = account.session(region).client("ecs")
    cluster = environment.names.name("cluster", limit=NameLimit.ECS)
    name = environment.names.name(service, limit=NameLimit.ECS)
    found = ecs.describe_services(cluster=cluster, services=[name])["services"]
    if not found:
        message = f"{region} has no service {name}"
        raise TaskError(message)
    # A service that CodeDeploy deploys has its network and its task in its task sets.
    holder = next(one for one in (*(found[0].get("taskSets") or ()), found[0]) if one.get("networkConfiguration"))
    task = ecs.describe_task_definition(taskDefinition=holder["taskDefinition"])["taskDefinition"]
    container = task["containerDefinitions"][0]
    network = holder["networkConfiguration"]["awsvpcConfiguration"]
    return Task(
        service=service,
        region=region,
        account=account,
        count=int(found[0]["desiredCount"]),
        image=container["image"],
        place=Place(account.id, region, tuple(network["subnets"]), tuple(network["securityGroups"])),
        secrets={one["name"]: one["valueFrom"] for one in container.get("secrets", ())},
        variables={one["name"]: one["value"] for one in container.get("environment", ())},
        role=task["taskRoleArn"],
        execution_role=task["executionRoleArn"],
    )
