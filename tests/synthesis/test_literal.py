"""Any text in a setting is that text in AWS: Terraform evaluates to it what synthesis writes."""

from __future__ import annotations

import json
import subprocess
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from cdktf import App, TerraformOutput, TerraformStack, Token
from cdktf_cdktf_provider_aws.ecs_task_definition import EcsTaskDefinition
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.provider import AwsProvider
from hypothesis import given, settings
from hypothesis import strategies as st

from config.notifications import Receivers
from config.service_values import PIPELINE_IMAGE
from config.services import ServiceSettings
from main import CONTEXT, synthesize
from runner import executable
from synthesis import literal
from tests.template import Template
from tests.terraform_texts import evaluated, without_references

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from config.environment import Environment

TEXTS = (
    "${APP_NAME} ready",
    "%{http_code} done",
    "$${x}",
    "$$${x}",
    "$$$$${x}",
    "%%{x}",
    "%%%{x}",
    "$%{x}%${x}",
    "${",
    "}${{",
    "%{~ if true ~}a%{ endif }",
    "${aws_ecs_cluster.cluster.arn}",
    "${TfToken[TOKEN.0]}",
    "$${TfToken[TOKEN.0]}",
    "${TfToken[a${TfToken[TOKEN.1]}]}",
    "#{TfToken[TOKEN.0]}",
    "&{TfToken[TOKEN.0]}",
    "-8.113050323600254e+298",
    "-8.113050323600254e298",
    "8.1e298.1e298",
    "1e5 and 3.2e10, -1.8881545897087503e+289",
    "String Map Token Value",
    "Any Map Token Value",
    "LITERAL",
    "LITERALCEHLZ",
    '"${x}" \\${x} \\"${x}\\" <a&b> \n%{ for a in b }\t\u2028 é 😀',
    "<IMAGE2_NAME> {{ x }} {% if %}",
)
PIECES = [
    "$",
    "%",
    "{",
    "}",
    "~",
    "#",
    "&",
    "TfToken[",
    "TOKEN.0",
    "]",
    "e",
    "8",
    ".",
    "-",
    "298",
    '"',
    "\\",
    "LITERAL",
    "Z",
]
ANY_TEXT = st.lists(st.sampled_from(PIECES) | st.characters(codec="utf-8", exclude_characters="\0"), max_size=12).map(
    "".join
)


def synthesized(texts: list[str], folder: Path) -> Template:
    """The texts in a stack: in an output each, and all together in a JSON text that has references of its own."""
    service = ServiceSettings(min_count=1, max_count=1, cpu_units=256, memory_mib=512)
    hidden = literal.hide(service.model_copy(update={"command": tuple(texts)})).command  # no check of commands
    app = App(outdir=str(folder), context=CONTEXT)
    stack = TerraformStack(app, "s")
    AwsProvider(stack, "aws")
    role = IamRole(stack, "role", assume_role_policy="{}")
    for index, text in enumerate(hidden):
        TerraformOutput(stack, f"o{index}", value=text)
    EcsTaskDefinition(
        stack,
        "task",
        family="f",
        container_definitions=json.dumps([*hidden, role.arn, *hidden, Token.as_string(role.id)]),
    )
    app.synth()
    literal.restore(folder)
    return Template.read(folder / "stacks" / "s" / "cdk.tf.json")


def require_literal(template: Template, texts: list[str]) -> None:
    assert [evaluated(str(template.output(f"o{index}"))) for index in range(len(texts))] == texts
    definitions = template.only("aws_ecs_task_definition")["container_definitions"]
    for reference in ("${aws_iam_role.role.arn}", "${aws_iam_role.role.id}"):
        assert definitions.count(f'"{reference}"') >= 1, "a reference has lost its braces"
        definitions = definitions.replace(f'"{reference}"', "null", 1)
    assert json.loads(evaluated(definitions)) == [*texts, None, *texts, None]


def test_each_text_is_what_terraform_evaluates(tmp_path: Path) -> None:
    require_literal(synthesized(list(TEXTS), tmp_path), list(TEXTS))


@settings(max_examples=25)
@given(texts=st.lists(ANY_TEXT, min_size=10, max_size=20))
def test_any_text_is_what_terraform_evaluates(texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    require_literal(synthesized(texts, tmp_path_factory.mktemp("stack")), texts)


def test_no_text_of_these_environments_is_changed(environments: Mapping[str, Environment]) -> None:
    for environment in environments.values():
        assert literal.hide(environment) == environment


@pytest.fixture(scope="module")
def written(environments: dict[str, Environment], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of dev, with such texts in every setting that takes them."""
    dev = environments["dev"]
    backend = {
        **dict(dev.services["backend"]),
        "environment": {f"TEXT_{index}": text for index, text in enumerate(TEXTS)},
        "command": TEXTS,
        "health_command": ("health", *TEXTS),
    }
    critical = Receivers(emails=("a${b}%{c}@example.com",), https=("https://example.com/${x}%{y}",))
    assert dev.notifications
    changed = dev.model_copy(
        update={
            "services": {**dev.services, "backend": ServiceSettings(**backend)},
            "notifications": dev.notifications.model_copy(update={"critical": critical}),
        }
    )
    folder: Path = tmp_path_factory.mktemp("literal") / "cdktf.out"
    synthesize([changed], folder)
    return folder


def require_texts(container: Mapping[str, Any]) -> None:
    environment = {entry["name"]: entry["value"] for entry in container["environment"]}
    assert [environment[f"TEXT_{index}"] for index in range(len(TEXTS))] == list(TEXTS)


def test_the_first_revision_has_the_variables(written: Path) -> None:
    template = Template.read(written / "stacks/dev-service/cdk.tf.json")
    task = next(r for r in template.all("aws_ecs_task_definition").values() if r["family"].endswith("backend"))
    application = json.loads(without_references(task["container_definitions"]))[0]
    require_texts(application)


def test_the_release_files_have_variables_command_and_health_command(written: Path) -> None:
    template = Template.read(written / "stacks/dev-service/cdk.tf.json")
    file = template.only("aws_s3_object", key="backend/taskdef.json")
    application = json.loads(without_references(file["content"]))["containerDefinitions"][0]
    require_texts(application)
    assert application["command"] == list(TEXTS)
    assert application["healthCheck"]["command"][-len(TEXTS) :] == list(TEXTS)
    assert application["image"] == PIPELINE_IMAGE


def test_the_receivers_of_alarms_are_literal(written: Path) -> None:
    template = Template.read(written / "stacks/dev-notifications/cdk.tf.json")
    endpoints = {evaluated(r["endpoint"]) for r in template.all("aws_sns_topic_subscription").values()}
    assert {"a${b}%{c}@example.com", "https://example.com/${x}%{y}"} <= endpoints


def test_a_file_that_terraform_does_not_read_has_the_text_itself() -> None:
    hidden = literal.hide(
        ServiceSettings(min_count=1, max_count=1, cpu_units=256, memory_mib=512, command=TEXTS)
    ).command
    assert [*map(literal.reveal, hidden)] == [*TEXTS]


def test_nothing_hidden_is_left(written: Path) -> None:
    for path in written.glob("stacks/*/cdk.tf.json"):
        text = path.read_text(encoding="utf-8")
        assert {match[0] for match in literal._HIDDEN.finditer(text)} <= {"LITERALCEHLZ"}, path  # noqa: SLF001 (one of the texts)


@pytest.mark.terraform
def test_terraform_itself_evaluates_to_the_texts(tmp_path: Path) -> None:
    nested = [json.dumps([text]) for text in TEXTS]
    template = synthesized([*TEXTS, *nested], tmp_path / "out")
    folder = tmp_path / "terraform"
    folder.mkdir()
    (folder / "main.tf.json").write_text(json.dumps({"output": template.document["output"]}), encoding="utf-8")
    terraform = executable.find({"PATH": "/usr/local/bin:/usr/bin:/bin"})

    def run(*arguments: str) -> str:
        command = [*terraform.command, f"-chdir={folder}", *arguments]
        environ = {"HOME": str(tmp_path), "CHECKPOINT_DISABLE": "1", "PATH": "/bin"}
        done = subprocess.run(command, env=environ, cwd=terraform.cwd, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("init", "-no-color")
    run("apply", "-auto-approve", "-no-color")
    outputs = json.loads(run("output", "-json"))
    found = [outputs[f"o{index}"]["value"] for index in range(len(TEXTS) + len(nested))]
    assert found == [unicodedata.normalize("NFC", text) for text in (*TEXTS, *nested)]
