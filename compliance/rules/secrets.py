"""No secrets in the JSON, and so none in the plan or in the state."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from compliance.rule import Finding, rule
from compliance.secret_arguments import ARGUMENTS, MAKERS, OF_TYPES, READERS
from compliance.task_definitions import task_definitions
from config.plain_variables import REASON_LABEL
from console.secret_texts import shapes_in
from console.secret_variables import is_secret_variable, why_secret, why_secret_words
from synthesis.template import blocks, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack

_WRITE_ONLY: Final = "_wo"
_EPHEMERAL: Final = re.compile(r"\$\{[^}]*\bephemeral\.")
# An update of any of these arguments sends the value too, which is empty unless the value's version changes with it:
# https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/ssm/parameter.go
_SENT_WITH_VALUE: Final = {
    "aws_ssm_parameter": ("allowed_pattern", "data_type", "description", "key_id", "tier", "type")
}
# The same file: an update sends the tier that is declared, also if its changes are ignored.
_SENT_AS_DECLARED: Final = "tier"
# An update sends the value of these only if its version changes, or replaces them; the same folder of the provider:
# rds/instance.go, docdb/cluster.go, secretsmanager/secret_version.go.
_VALUE_SENT_ALONE: Final = frozenset({"aws_db_instance", "aws_docdb_cluster", "aws_secretsmanager_secret_version"})
_RESOURCES: Final = "resource"
# Judged container by container, because a label can say why a text is not a secret.
_TASKS: Final = {"aws_ecs_task_definition": "container_definitions", "aws_s3_object": "content"}
# The address has the key by which an on-call service knows who calls; SNS sends none in another way:
# https://docs.aws.amazon.com/sns/latest/dg/sns-http-https-endpoint-as-subscriber.html
_RECEIVERS: Final = {"aws_sns_topic_subscription": "endpoint"}
_HEALTH_WORD: Final = re.compile(r"health_command\[([1-9]\d*)\]")
_ARN: Final = re.compile(r"\$\{[^{}]*[._]arn\}|arn:[\w:/.-]+")


@rule
def secret_argument_is_write_only(stack: Stack) -> Iterator[Finding]:
    """Secrets are set by write-only arguments, which are in no plan and no state, and are made by nothing else."""
    for resource in stack.all():
        own = ARGUMENTS | OF_TYPES.get(resource.kind, frozenset())
        for name, text in texts(dict(resource.arguments)):
            if name in own and text:
                yield Finding.about(resource, f"{name} is stored in the state; use {name}{_WRITE_ONLY}")
        if resource.kind in MAKERS:
            yield Finding.about(resource, MAKERS[resource.kind])
    for kind, problem in READERS.items():
        for source in stack.document.get("data", {}).get(kind, {}):
            yield Finding(address=f"data.{kind}.{source}", message=problem)


@rule
def write_only_argument_is_ephemeral(stack: Stack) -> Iterator[Finding]:
    """The write-only argument of a secret has an ephemeral value, not a literal."""
    for resource in stack.all():
        for name, text in texts(dict(resource.arguments)):
            secret = name.removesuffix(_WRITE_ONLY)
            if name.endswith(_WRITE_ONLY) and secret in ARGUMENTS and not _EPHEMERAL.search(text):
                yield Finding.about(resource, f"{name} is not an ephemeral value")


@rule
def write_only_value_is_never_sent_empty(stack: Stack) -> Iterator[Finding]:
    """No change of another argument sends a write-only value, which the provider does not have then."""
    for resource in stack.all():
        if not any(name.endswith(_WRITE_ONLY) for name in resource.arguments):
            continue
        if resource.kind not in _SENT_WITH_VALUE and resource.kind not in _VALUE_SENT_ALONE:
            yield Finding.about(
                resource, f"look up what its update sends, and add {resource.kind} to compliance/rules/secrets.py"
            )
        if resource.kind in _SENT_WITH_VALUE and resource.get(_SENT_AS_DECLARED) is not None:
            yield Finding.about(
                resource, f"{_SENT_AS_DECLARED} is declared, and a new value would ask for it: AWS refuses a downgrade"
            )
        ignored = resource.block("lifecycle").get("ignore_changes") or []
        for argument in _SENT_WITH_VALUE.get(resource.kind, ()):
            if ignored != "all" and argument not in ignored:
                yield Finding.about(
                    resource, f"an update of {argument} would send an empty value; add it to ignore_changes"
                )


@rule
def text_has_no_secret(stack: Stack) -> Iterator[Finding]:
    """No text in the JSON looks like a key, a token or an address with a password, also encoded as base64."""
    tasks = {task.address for task, containers in task_definitions(stack) if containers}
    for resource in stack.all():
        judged = _TASKS.get(resource.kind) if resource.address in tasks else _RECEIVERS.get(resource.kind)
        for name, text in texts({key: value for key, value in resource.arguments.items() if key != judged}):
            for shape in shapes_in(text):
                yield Finding.about(resource, f"{name} contains {shape}")
    for section, content in stack.document.items():
        for name, text in texts(content) if section != _RESOURCES else ():
            for shape in shapes_in(text):
                yield Finding(address=f"{section}.{name}", message=f"contains {shape}")


@rule
def container_gets_secrets_by_reference(stack: Stack) -> Iterator[Finding]:
    """A container gets its secrets by `secrets`, never in plain text, unless a label says why one is none."""
    for task, containers in task_definitions(stack):
        for container in containers:
            labels = container.get("dockerLabels") or {}
            for name, why in _plain_secrets(container):
                if not any(f"{REASON_LABEL}{one}" in labels for one in _names_of_setting(name)):
                    yield Finding.about(task, f"{name} {why}; use `secrets`")


def _names_of_setting(name: str) -> Iterator[str]:
    """What the settings may call it: there, the word before the program of a health check can be left out."""
    yield name
    if match := _HEALTH_WORD.fullmatch(name):
        yield f"health_command[{int(match[1]) - 1}]"


def _plain_secrets(container: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The variables and words of commands that have a secret, by the names of the settings, and what is wrong."""
    for variable in blocks(container.get("environment")):
        if has_secret(variable):
            value = variable.get("value")
            yield str(variable.get("name")), (value and why_secret(str(variable["name"]), str(value))) or "is plain"
    lists = {"command": container.get("command"), "health_command": (container.get("healthCheck") or {}).get("command")}
    for setting, words in lists.items():
        for index, why in why_secret_words([str(word) for word in words or ()]):
            yield f"{setting}[{index}]", why
    judged = {"command", "environment", "healthCheck"}
    for name, text in texts({key: value for key, value in container.items() if key not in judged}):
        for shape in shapes_in(text):
            yield name, f"contains {shape}"


@rule
def build_gets_secrets_by_reference(stack: Stack) -> Iterator[Finding]:
    """A build gets its secrets from Parameter Store, never as plain environment variables."""
    for project in stack.all("aws_codebuild_project"):
        for variable in blocks(project.block("environment").get("environment_variable")):
            if variable.get("type") in (None, "PLAINTEXT") and has_secret(variable):
                yield Finding.about(project, f"the variable {variable['name']} is plain; use PARAMETER_STORE")


@rule
def function_gets_secrets_by_reference(stack: Stack) -> Iterator[Finding]:
    """A function reads its secrets when it runs, never from plain environment variables."""
    for function in stack.all("aws_lambda_function"):
        for name, value in (function.block("environment").get("variables") or {}).items():
            if is_secret_variable(name, str(value)) and not _ARN.fullmatch(str(value)):
                yield Finding.about(function, f"the variable {name} is plain; let the function read the parameter")


def has_secret(variable: Mapping[str, Any]) -> bool:
    """Whether a variable with a `name` and a `value` has a secret, and not only something about one."""
    value = variable.get("value")
    return is_secret_variable(str(variable.get("name")), None if value is None else str(value))
