"""Settings of the layer `delivery`: the pipeline that builds, tests and deploys the services."""

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field, WithJsonSchema

from config.aws import AccountId, Region, validate_name
from config.commands import check_command
from config.errors import Problem
from config.freeze import FreezeSettings
from config.load_test import LoadTestSettings
from config.model import Check, Model
from config.names import MAX_ENVIRONMENT_LENGTH, Names
from config.service_values import FreeText, ServiceName
from config.updates import UpdatesSettings
from console.secret_variables import why_secret_words

_OWNER: Final = r"[A-Za-z0-9](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){0,38}"
_REPOSITORY: Final = rf"{_OWNER}/[A-Za-z0-9._-]{{1,100}}"
# https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_Connection.html; the service had another name
_CONNECTION_ARN: Final = (
    r"arn:aws:(?:codeconnections|codestar-connections):[a-z0-9-]+:[0-9]{12}:connection/[0-9a-f-]{36}"
)
# https://git-scm.com/docs/git-check-ref-format, without what a pattern of CodePipeline would read as more than a name
_BRANCH: Final = r"[A-Za-z0-9_][A-Za-z0-9._/-]{0,254}"
# https://docs.aws.amazon.com/codepipeline/latest/userguide/syntax-glob.html
_PATTERN: Final = r"[A-Za-z0-9._/*?{}\[\]!,@+-]{1,255}"
MOST_PATTERNS: Final = 8
"""https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GitTagFilterCriteria.html"""
_ABSOLUTE_PATH: Final = r"(/[A-Za-z0-9._-]+)+"
# A build gets them in one variable, with blanks between them.
_FINDING: Final = r"[A-Za-z][A-Za-z0-9-]{2,99}"
_DEFAULT_BRANCH: Final = "main"
_BUILDS_ONLY: Final = ("repository", "connection_arn", "branch", "tags", "paths")
_REBUILDS_ONLY: Final = ("rebuild", "rebuild_on_findings")


def _matching(pattern: str, message: str) -> tuple[AfterValidator, WithJsonSchema]:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(message)
        return value

    return AfterValidator(check), WithJsonSchema({"type": "string", "pattern": f"^{pattern.replace('(?:', '(')}$"})


_REPOSITORY_CHECK, _REPOSITORY_SCHEMA = _matching(
    _REPOSITORY,
    'is not a valid repository on GitHub; use "owner/name", without "https://github.com/" and without ".git", like '
    '"acme/user-management"',
)
_CONNECTION_CHECK, _CONNECTION_SCHEMA = _matching(
    _CONNECTION_ARN,
    "is not a valid ARN of a connection; use one of the service codeconnections, like "
    f'"arn:aws:codeconnections:us-east-1:{"1" * 12}:connection/01234567-89ab-cdef-0123-456789abcdef", or remove the '
    "line: then one is created",
)
_BRANCH_CHECK, _BRANCH_SCHEMA = _matching(
    _BRANCH, 'is not a valid name of a branch; use one branch without a pattern, like "main"'
)
_PATTERN_CHECK, _PATTERN_SCHEMA = _matching(
    _PATTERN, 'is not a valid pattern of CodePipeline; use letters, digits, ".", "/", "-", "_" and "*", like "v*"'
)
_PATH_CHECK, _PATH_SCHEMA = _matching(_ABSOLUTE_PATH, 'is not a valid absolute path; use one like "/app/static"')

_FINDING_CHECK, _FINDING_SCHEMA = _matching(
    _FINDING, 'is not a valid id of a finding; use one as the build prints it, like "CVE-2026-12345"'
)

Finding = Annotated[str, _FINDING_CHECK, _FINDING_SCHEMA]
"""The id of a vulnerability."""

# A build gets them in one variable, with blanks between them; the program compares them as a shell does.
_FILE_PATTERN_CHECK, _FILE_PATTERN_SCHEMA = _matching(
    r"(?!/)[A-Za-z0-9._/*?@+~-]{1,255}",
    'is not a valid pattern of files; use a path in the folder, with "*" for any characters, like "assets/*"',
)

FilePattern = Annotated[str, _FILE_PATTERN_CHECK, _FILE_PATTERN_SCHEMA]
"""A pattern of files below a folder."""

GitPattern = Annotated[str, _PATTERN_CHECK, _PATTERN_SCHEMA]
"""A pattern of tags or paths."""


def _other_environment(value: str) -> str:
    return validate_name(value, what="environment name", max_length=MAX_ENVIRONMENT_LENGTH)


class OtherEnvironment(Model):
    """What an environment knows of another one that releases come from, or go to."""

    name: str
    account_id: AccountId
    region: Region
    project: str
    repository_prefix: str
    services: tuple[str, ...]

    @property
    def names(self) -> Names:
        """The names of its resources."""
        return Names(
            project=self.project,
            environment=self.name,
            account_id=self.account_id,
            region=self.region,
            home_region=self.region,
        )


def _check_migration_command(command: Sequence[str]) -> Iterator[Problem]:
    if not command:
        yield Problem(key="command", allowed='must have at least one word, like ["node", "migrate.js"]')
    yield from check_command(command)
    for index, why in why_secret_words(command):
        yield Problem(
            key=f"command[{index}]",
            allowed=f"{why}, which would be readable in the build project; the migrations get the urls of the role "
            "`owner` as variables, and other values belong into a script of the image",
        )


class MigrationsSettings(Model):
    """How a release changes the databases before it is deployed."""

    service: ServiceName
    """The service whose image has the migrations."""

    command: tuple[FreeText, ...] = Field(json_schema_extra={"minItems": 1})
    """The command in that image, like ["node", "migrate.js"]; it signs in as the owner of the databases."""

    judged_alone: ClassVar[frozenset[str]] = frozenset({"command"})

    checks: ClassVar[tuple[Check, ...]] = (_check_migration_command,)


class AssetsSettings(Model):
    """The static files of a release, which CloudFront serves."""

    service: ServiceName
    """The service whose image has them."""

    path: Annotated[str, _PATH_CHECK, _PATH_SCHEMA]
    """Their folder in that image."""

    hashed: tuple[FilePattern, ...] = Field(default=(), json_schema_extra={"uniqueItems": True})
    """Patterns of the files whose names have a hash, like "assets/*"; without it names that look so have one."""


def _check_source(repository: str | None, release_from: str | None) -> Iterator[Problem]:
    if repository is None and release_from is None:
        yield Problem(
            key="repository",
            allowed='is missing; set it to "owner/name" on GitHub, or set release_from to the environment whose '
            "releases this one takes over",
        )


def _check_trigger(
    repository: str | None, branch: str | None, tags: Sequence[str], paths: Sequence[str]
) -> Iterator[Problem]:
    """What AWS accepts in one filter.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-filter.html
    """
    if repository is None:
        return
    if branch is not None and tags:
        yield Problem(
            key="tags",
            value=tuple(tags),
            allowed="cannot be set with branch: AWS refuses a trigger with both; remove one of them",
        )
    elif branch is None and not tags:
        yield Problem(key="branch", allowed='is missing; set branch = "main", or tags = ["v*"]')
    if tags and paths:
        yield Problem(
            key="paths",
            value=tuple(paths),
            allowed="cannot be set with tags: AWS refuses a trigger with both; remove one of them",
        )
    for key, values in (("tags", tags), ("paths", paths)):
        if len(values) > MOST_PATTERNS:
            yield Problem(
                key=key, value=tuple(values), allowed=f"has {len(values)} patterns; AWS takes {MOST_PATTERNS} or fewer"
            )


class DeliverySettings(Model):
    """The pipeline of the environment."""

    repository: Annotated[str, _REPOSITORY_CHECK, _REPOSITORY_SCHEMA] | None = None
    """The application's repository on GitHub, "owner/name"; not with release_from."""

    connection_arn: Annotated[str, _CONNECTION_CHECK, _CONNECTION_SCHEMA] | None = None
    """The connection to GitHub; without it one is created, which a person confirms once in the console."""

    branch: Annotated[str, _BRANCH_CHECK, _BRANCH_SCHEMA] | None = None
    """The branch whose pushes are released; not with tags."""

    tags: tuple[GitPattern, ...] = Field(default=(), json_schema_extra={"uniqueItems": True, "maxItems": MOST_PATTERNS})
    """Patterns of the tags that are released, like "v*"; not with branch. A start by hand takes the branch main."""

    paths: tuple[GitPattern, ...] = Field(
        default=(), json_schema_extra={"uniqueItems": True, "maxItems": MOST_PATTERNS}
    )
    """Patterns of files of which a push must change one, like "backend/**"; without it every push is released."""

    release_from: Annotated[str, AfterValidator(_other_environment), WithJsonSchema({"type": "string"})] | None = None
    """The environment whose finished releases are taken over; without it the pipeline builds from the repository."""

    approval: bool = False
    """Whether a person approves each release before it changes anything; [notifications.warning] gets the request."""

    load_test: LoadTestSettings | None = None
    """A load test that compares each release with [observability.objectives]; without the table there is none."""

    migrations: MigrationsSettings | None = None
    """The migrations of the databases; without the table there are none."""

    assets: AssetsSettings | None = None
    """The static files that are copied to CloudFront's bucket; without the table there are none."""

    updates: UpdatesSettings = UpdatesSettings()
    """When the images that run are scanned and built again; without the table with its defaults."""

    allowed_findings: tuple[Finding, ...] = Field(default=(), json_schema_extra={"uniqueItems": True})
    """Critical findings that do not concern the services, like "CVE-2026-12345": no build fails because of them."""

    allow_unscanned: bool = False
    """Whether an image that ECR cannot scan may be released."""

    freeze: FreezeSettings | None = None
    """When nothing is deployed; without the table there is no such time."""

    checks: ClassVar[tuple[Check, ...]] = (_check_source, _check_trigger)

    def problems(self) -> Iterator[Problem]:
        """The checks, and what a pipeline without a build cannot have."""
        yield from super().problems()
        if self.release_from is None:
            return
        for name in _REBUILDS_ONLY:
            if name in self.updates.model_fields_set:
                yield Problem(
                    key=f"updates.{name}",
                    value=getattr(self.updates, name),
                    allowed="has no effect with release_from: the environment that builds the releases builds them "
                    "again; remove the line",
                )
        for name in _BUILDS_ONLY:
            if value := getattr(self, name):
                yield Problem(
                    key=name,
                    value=value,
                    allowed="has no effect with release_from: that pipeline builds nothing; remove one of them",
                )

    @property
    def builds(self) -> bool:
        """Whether the pipeline builds images; otherwise it takes over a release."""
        return self.release_from is None

    @property
    def default_branch(self) -> str:
        """The branch of a start by hand."""
        return self.branch or _DEFAULT_BRANCH
