"""Where credentials of databases are stored, who takes them from there, and which statements of IAM allow to read them.

The password of a master is followed from the database back to where it comes from: through locals, outputs of other
stacks, ephemeral values and data sources, to a secret, a parameter or the secret that RDS keeps itself.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from compliance.evaluation import matches, matches_action
from compliance.policies import is_allow, many
from compliance.references import Place, of_same_environment
from synthesis.template import references, resources, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from compliance.policies import Statement
    from synthesis.manifest import Stack
    from synthesis.template import Resource

DATABASES: Final = ("aws_db_instance", "aws_docdb_cluster", "aws_rds_cluster")
PASSWORDS: Final = ("password", "password_wo", "master_password", "master_password_wo")
"""The arguments of a database that are its master's password."""
_READS: Final = (
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "ssm:GetParameterHistory",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
)
_SECRET, _VERSION, _PARAMETER = "aws_secretsmanager_secret", "aws_secretsmanager_secret_version", "aws_ssm_parameter"
_VALUE: Final = re.compile(r"\b(?P<address>(?:ephemeral|data)\.(?:aws|random)_[a-z0-9_]+\.[\w-]+)")
_LOCAL: Final = re.compile(r"\blocal\.(?P<name>[\w-]+)")
_MANAGED: Final = re.compile(rf"\b(?P<address>(?:data\.)?(?:{'|'.join(DATABASES)})\.[\w-]+)\.master_user_secret\b")
# As RDS names it: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
_MANAGED_NAME: Final = "rds!db-00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A value that a secret or a parameter holds."""

    place: Place
    """The secret or the parameter; the database, if RDS keeps its secret."""
    name: str
    """Empty if it is not known before an apply."""
    arn: str
    """The start of it, as far as the name is known: Secrets Manager adds six characters."""
    managed_by: frozenset[str] = frozenset()
    """If RDS keeps it: the addresses of the database, and of data sources that read it, in its stack."""

    @staticmethod
    def of(stack: Stack, holder: Resource) -> Stored:
        """What a secret or a parameter of a stack holds."""
        name = str(holder.get("name") or "")
        if "${" in name:
            name = ""
        service, kind = ("secretsmanager", "secret:") if holder.kind == _SECRET else ("ssm", "parameter")
        arn = _arn(stack, service, f"{kind}{name}") if name else ""
        return Stored(place=Place.of(stack, holder), name=name, arn=arn)

    def is_named_by(self, value: object, stack: Stack, stacks: Mapping[str, Stack]) -> bool:
        """Whether a part of a stack says where it is, by a reference or as text."""
        return any(self._is_in(owner, text) for owner, text in followed(value, stack, stacks))

    def may_be_read_by(self, statement: Statement, stack: Stack, stacks: Mapping[str, Stack]) -> bool:
        """Whether a statement allows to read it, whatever its conditions are."""
        if not is_allow(statement):
            return False
        reads = [action for action in _READS if action.startswith("ssm:") == self._is_parameter]
        patterns = many(statement.get("NotAction") or statement.get("Action"))
        listed = [any(matches_action(pattern, action) for pattern in patterns) for action in reads]
        if all(listed) if "NotAction" in statement else not any(listed):
            return False
        element = "NotResource" if "NotResource" in statement else "Resource"
        example = self.arn if self._is_parameter else f"{self.arn}-abcdef"
        named = any(
            self._is_in(owner, text) or ("${" not in text and bool(self.arn) and matches(text, example))
            for owner, text in followed(statement.get(element), stack, stacks)
        )
        return named == (element == "Resource")

    @property
    def _is_parameter(self) -> bool:
        return self.place.address.startswith(f"{_PARAMETER}.")

    def _is_in(self, owner: Stack, text: str) -> bool:
        if "${" in text:
            found = _MANAGED.finditer(text) if self.managed_by else references(text)
            own = self.managed_by or {self.place.address}
            return owner.id == self.place.stack and not own.isdisjoint({match["address"] for match in found})
        # A container takes one part of a secret by `<arn>:password::`.
        known = bool(self.name) and not self.managed_by
        return known and (text == self.name or bool(re.fullmatch(rf"{re.escape(self.arn)}(-\w{{6}})?(:.*)?", text)))


def followed(value: object, stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[tuple[Stack, str]]:
    """Every text in a part of a stack, and in the locals and outputs that it refers to, with the stack that has it."""
    seen: set[tuple[str, str]] = set()
    waiting = [(stack, text) for _, text in texts(value)]
    while waiting:
        owner, text = waiting.pop()
        if (owner.id, text) in seen:
            continue
        seen.add((owner.id, text))
        yield owner, text
        if "${" not in text:
            continue
        for match in _LOCAL.finditer(text):
            local = owner.document.get("locals", {}).get(match["name"])
            waiting += [(owner, inner) for _, inner in texts(local)]
        for match in references(text):
            if (match["address"] or "").startswith(f"{_VERSION}."):
                versions = (one for one in owner.all(_VERSION) if one.address == match["address"])
                waiting += [(owner, str(one.get("secret_id"))) for one in versions]
            if match["remote"] and (producer := stacks.get(owner.producers(stacks).get(match["remote"], ""))):
                output = producer.document.get("output", {}).get(match["output"], {})
                waiting += [(producer, inner) for _, inner in texts(output.get("value"))]


def values(value: object, stack: Stack, stacks: Mapping[str, Stack]) -> set[Place]:
    """The ephemeral values and data sources that a part of a stack takes something from."""
    return {
        Place(owner.id, match["address"])
        for owner, text in followed(value, stack, stacks)
        if "${" in text
        for match in _VALUE.finditer(text)
    }


def master_credentials(stack: Stack, stacks: Mapping[str, Stack]) -> list[tuple[Place, Stored]]:
    """Each database of the environment of a stack, with where the credential of its master is stored."""
    environment = of_same_environment(stack, stacks)
    databases = [(owner, database) for owner in environment for database in owner.all(*DATABASES)]
    edges = _edges(environment, stacks) if databases else {}
    holders = {Place.of(owner, holder): Stored.of(owner, holder) for owner, holder in _holders(environment)}
    found: list[tuple[Place, Stored]] = []
    for owner, database in databases:
        place = Place.of(owner, database)
        if database.is_on("manage_master_user_password"):
            found.append((place, _managed(owner, database, stacks)))
        reached: set[Place] = set()
        waiting = [one for name in PASSWORDS for one in values(database.get(name), owner, stacks)]
        while waiting:
            one = waiting.pop()
            if one not in reached:
                reached.add(one)
                waiting += edges.get(one, ())
        found += [(place, holders[one]) for one in sorted(reached & holders.keys(), key=str)]
    return found


def _managed(stack: Stack, database: Resource, stacks: Mapping[str, Stack]) -> Stored:
    """The secret that RDS keeps for a database; only its ARN is known, to the database and to what reads it."""
    data: dict[str, Any] = {"resource": stack.document.get("data", {})}
    readers = {
        f"data.{source.address}"
        for source in resources(data, database.kind)
        if any(database.is_referred_to_by(text) for _, text in followed(dict(source.arguments), stack, stacks))
    }
    return Stored(
        place=Place.of(stack, database),
        name=_MANAGED_NAME,
        arn=_arn(stack, "secretsmanager", f"secret:{_MANAGED_NAME}"),
        managed_by=frozenset({database.address, *readers}),
    )


def _edges(environment: Sequence[Stack], stacks: Mapping[str, Stack]) -> dict[Place, set[Place]]:
    """Which values are written to, or read from, which secrets and parameters; in both directions."""
    edges: dict[Place, set[Place]] = defaultdict(set)
    for stack in environment:
        pairs = [(holder, one) for holder, written in _written(stack, stacks) for one in values(written, stack, stacks)]
        for section in ("ephemeral", "data"):
            document: dict[str, Any] = {"resource": stack.document.get(section, {})}
            for source in resources(document, _VERSION, _PARAMETER):
                one = Place(stack.id, f"{section}.{source.address}")
                pairs += [(holder, one) for holder in _named(dict(source.arguments), stack, stacks)]
        for holder, one in pairs:
            edges[holder].add(one)
            edges[one].add(holder)
    return edges


def _holders(environment: Sequence[Stack]) -> Iterator[tuple[Stack, Resource]]:
    return ((stack, holder) for stack in environment for holder in stack.all(_SECRET, _PARAMETER))


def _written(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[tuple[Place, object]]:
    """Each secret or parameter, with the arguments that are its value."""
    for version in stack.all(_VERSION):
        for holder in _named(version.get("secret_id"), stack, stacks):
            yield holder, [version.get("secret_string_wo"), version.get("secret_string")]
    for parameter in stack.all(_PARAMETER):
        yield Place.of(stack, parameter), [parameter.get("value_wo"), parameter.get("value")]


def _named(value: object, stack: Stack, stacks: Mapping[str, Stack]) -> list[Place]:
    """The secrets and parameters that a part of a stack names."""
    stored = [Stored.of(owner, holder) for owner, holder in _holders(of_same_environment(stack, stacks))]
    return [one.place for one in stored if one.is_named_by(value, stack, stacks)]


def _arn(stack: Stack, service: str, resource: str) -> str:
    accounts = [str(one) for provider in stack.providers for one in provider.get("allowed_account_ids") or ()]
    return f"arn:aws:{service}:{stack.region}:{next(iter(accounts), '*')}:{resource}"
