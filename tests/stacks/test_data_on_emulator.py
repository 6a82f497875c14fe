"""Layer `data` applied, rotated, killed and repeated: no secret is in state, plan, console, log or environment.

Values that a person or a function writes are not changed by an apply.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import boto3
import pytest

from acceptance.database_roles import Roles
from compliance.leaks import kept_write_only, leaks
from main import synthesize
from runner.__main__ import main as runner
from runner.secrets import ParameterTree, StoredParameter, read_written, report
from synthesis.manifest import STATE_LAYER, of_environment, read_stacks
from synthesis.stack_order import in_order
from tests import aws_cli
from tests.config.examples import present
from tests.fixtures import fixture_environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from config.environment import Environment
    from emulator import Emulator

REGION: Final = "us-east-1"
PREFIX: Final = "/user-management/dev/"
API_KEY: Final = "SG.d41d8cd98f00b204e9800998ecf8427e"
# Parameters with these last parts are secret; hosts and ports are not.
SECRET: Final = ("a", "b", "url", "current", "previous")
ROLES: Final = ("postgres", "documentdb")
LOGGED: Final = (*(f"{database}-roles" for database in ROLES), "jwt-rotation")


@pytest.fixture
def emulated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Emulator]:
    from emulator import Emulator  # noqa: PLC0415 - moto is a second to import

    monkeypatch.chdir(tmp_path)
    with Emulator() as running:
        for name, value in variables_of(running).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")  # the proxy is for S3 Control only
        yield running


def variables_of(emulated: Emulator) -> dict[str, str]:
    return emulated.environment(account=fixture_environment("dev").account_id)


def environment(password_version: int) -> Environment:
    dev = fixture_environment("dev")
    documentdb = present(dev.documentdb).model_copy(update={"password_version": password_version})
    return dev.model_copy(update={"documentdb": documentdb})


def parameters() -> dict[str, str]:
    pages = boto3.client("ssm", region_name=REGION).get_paginator("get_parameters_by_path")
    return {
        parameter["Name"].removeprefix(PREFIX): parameter["Value"]
        for page in pages.paginate(Path=PREFIX, Recursive=True, WithDecryption=True)
        for parameter in page["Parameters"]
    }


def masters() -> dict[str, str]:
    """The masters' credentials: the secrets of RDS and of the layer."""
    client: Any = boto3.client("secretsmanager", region_name=REGION)
    names = [secret["Name"] for secret in client.list_secrets()["SecretList"]]
    return {name: client.get_secret_value(SecretId=name)["SecretString"] for name in names}


def passwords_in(texts: Mapping[str, str]) -> dict[str, str]:
    """Each secret by the name of its text; of a url or a login only the password, which is what must be nowhere."""
    found: dict[str, str] = {}
    for name, text in texts.items():
        if text.startswith("{"):
            found[name] = json.loads(text)["password"]
        elif name.rpartition("/")[2] in SECRET:
            found[name] = urlsplit(text).password or text
    return found


class Applied:
    """Runs Terraform for the layer, and stores its output, plans and states."""

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        from emulator.probe.terraform import Terraform  # noqa: PLC0415

        self.texts: dict[str, str] = {}
        self.kept: list[str] = []
        self._folder = folder
        self._terraform = Terraform(folder, variables)

    def apply(self, out: Path, name: str) -> None:
        """Plan and apply the synthesized stack, and store plan, console and state under a name."""
        shutil.copytree(out / "stacks" / "dev-data", self._folder, dirs_exist_ok=True)
        self.texts[f"{name} json"] = (self._folder / "cdk.tf.json").read_text(encoding="utf-8")
        if not (self._folder / ".terraform").exists():
            self._run("init", "-no-color")
        self._store_output(f"{name} plan", "plan", "-no-color", "-out=plan")
        self._store_json(f"{name} plan json", "show", "-json", "plan")
        self._store_output(f"{name} apply", "apply", "-no-color", "plan")
        self._store_json(f"{name} state", "state", "pull")

    def require_no_changes(self) -> None:
        self._terraform.require_no_changes()

    def _run(self, *arguments: str) -> str:
        return self._terraform.run(*arguments)[1]

    def _store_output(self, name: str, *arguments: str) -> None:
        self.texts[name] = self._run(*arguments)

    def _store_json(self, name: str, *arguments: str) -> None:
        self.texts[name] = self._run(*arguments)
        self.kept += [f"{name}{path}" for path in kept_write_only(json.loads(self.texts[name][self._start(name) :]))]

    def _start(self, name: str) -> int:
        return self.texts[name].index("{")  # warnings may come first


def call(function: str, **event: Any) -> dict[str, Any]:
    """What a function of the layer answers."""
    client: Any = boto3.client("lambda", region_name=REGION)
    answer: dict[str, Any] = json.load(
        client.invoke(FunctionName=f"user-management-dev-{function}", Payload=json.dumps(event))["Payload"]
    )
    return answer


@contextmanager
def killed_when_it_writes(end: str) -> Iterator[None]:
    """Kill the process of a function at the moment when it writes a parameter with that end of a name."""
    from moto.ssm.models import SimpleSystemManagerBackend  # noqa: PLC0415 - moto is a second to import

    from emulator.functions.process import PROCESSES  # noqa: PLC0415

    original: Any = SimpleSystemManagerBackend.put_parameter

    def put_parameter(backend: Any, name: str, *args: Any, **others: Any) -> Any:
        if name.endswith(end):
            PROCESSES.stop()
            message = "nobody waits for this answer"
            raise ConnectionError(message)
        return original(backend, name, *args, **others)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SimpleSystemManagerBackend, "put_parameter", put_parameter)
        yield


def said_by_functions() -> dict[str, str]:
    """The logs of the functions, and what a listing of them shows of their environment."""
    functions: Any = boto3.client("lambda", region_name=REGION)
    logs: Any = boto3.client("logs", region_name=REGION)
    texts: dict[str, str] = {}
    for function in LOGGED:
        name = f"user-management-dev-{function}"
        events = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
        texts[f"log of {function}"] = "\n".join(event["message"] for event in events)
        listed = functions.get_function_configuration(FunctionName=name)
        texts[f"environment of {function}"] = json.dumps(listed["Environment"])
    return texts


def run(command: str, typed: str = "") -> None:
    """Run a command that `make secrets` prints, in the shell that it is for."""
    subprocess.run(["/usr/bin/env", "bash", "-c", command], input=f"{typed}\n", text=True, check=True)


@dataclass(frozen=True, kw_only=True)
class Layer:
    """The applied layer, and what it stored at each moment that a step names."""

    data: Applied
    roles: Roles
    tree: ParameterTree
    seen: dict[str, dict[str, str]] = field(default_factory=dict)
    answers: list[dict[str, Any]] = field(default_factory=list)

    def see(self, moment: str) -> dict[str, str]:
        """Every parameter and master that there is now; the url of each role signs in."""
        assert self.refused() == []
        self.seen[moment] = {**parameters(), **masters()}
        return self.seen[moment]

    def refused(self) -> list[str]:
        """What each role that cannot sign in with its url is told."""
        environment = self.roles.environment
        all_roles = (*environment.postgres_roles, *environment.documentdb_roles)
        return [text for role in all_roles if (text := self.roles.sign_in(self.roles.url(role)))]

    def rotate(self, function: str, **event: Any) -> None:
        """Have a function replace secrets."""
        answer = call(function, **event)
        assert answer["outcome"] == "rotated"
        self.answers.append(answer)

    def lost_keys(self) -> list[str]:
        """The parameters that `make secrets` reports with the account's default key."""
        lines, _ = report(self.tree, read_written(self.tree))
        return [line.split()[-1].removeprefix(PREFIX) for line in lines if line.startswith("other key")]

    def stored(self, name: str) -> StoredParameter:
        """A parameter as the commands of `make secrets` know it."""
        (found,) = [parameter for parameter in self.tree.parameters if parameter.name == f"{PREFIX}{name}"]
        return found


def write_by_hand(layer: Layer, out: Path) -> None:
    """A person sets a key, first with the printed command, then in another way, without the key that encrypts it."""
    email, url = layer.stored("api-keys/email"), layer.stored("postgres/backend/url")
    declared = read_written(layer.tree)[email.name].key
    run(email.set_command, "mistyped")
    assert parameters()["api-keys/email"] == "mistyped"
    assert read_written(layer.tree)[email.name].key == declared
    assert str(declared).startswith("arn:aws:kms:")
    layer.data.require_no_changes()
    ssm: Any = boto3.client("ssm", region_name=REGION)
    ssm.put_parameter(Name=email.name, Value=API_KEY, Description="By hand", Tier="Advanced", Overwrite=True)
    layer.data.require_no_changes()
    ssm.put_parameter(Name=url.name, Value=parameters()["postgres/backend/url"], Tier="Advanced", Overwrite=True)
    layer.data.apply(out, "by hand")
    assert sorted(layer.lost_keys()) == ["api-keys/email", "postgres/backend/url"]
    run(url.encrypt_command)
    assert layer.lost_keys() == ["api-keys/email"]


def rotate_jwt(layer: Layer) -> None:
    """The JWT secret is rotated twice: a secret that signed verifies for one more period."""
    before = parameters()
    layer.rotate("jwt-rotation", force=True)
    once = layer.see("JWT once")
    assert once["jwt/previous"] == before["jwt/current"] != once["jwt/current"]
    layer.rotate("jwt-rotation", force=True)
    twice = layer.see("JWT twice")
    assert twice["jwt/previous"] == once["jwt/current"] != twice["jwt/current"]


def rotate_roles(layer: Layer) -> None:
    """Each role gets another login; what has the url from before still signs in."""
    before = parameters()
    for database in ROLES:
        layer.rotate(f"{database}-roles", action="rotate")
    after = layer.see("rotated")
    urls = [name for name in after if name.endswith("/url")]
    assert len(urls) == 4
    for name in urls:
        assert urlsplit(after[name]).username != urlsplit(before[name]).username
        assert layer.roles.sign_in(before[name]) == ""
    layer.data.require_no_changes()


def kill_and_repeat(layer: Layer) -> None:
    """A rotation is killed: the stored urls sign in all the same, and the next run ends what it began."""
    # Before a password is stored, and when all is done but the switch of the url. A killed run keeps its lock for a
    # while in DocumentDB, so there is one moment for it.
    for database, ends in (("postgres", ("/a", "/b", "/url")), ("documentdb", ("/url",))):
        for end in ends:
            with killed_when_it_writes(f"/{database}/backend{end}"):
                answer = call(f"{database}-roles", action="rotate", role="backend", force=True)
            if "signal: kill" in str(answer):
                layer.see(f"killed at {end} of {database}")
        assert f"killed at /url of {database}" in layer.seen
        assert call(f"{database}-roles", action="apply")["outcome"] == "applied"
        layer.rotate(f"{database}-roles", action="rotate", force=True)
    layer.see("repeated")
    layer.data.require_no_changes()


def replace_master(layer: Layer, out: Path) -> None:
    """An apply has a new password for one master, and no role notices."""
    before = {**parameters(), **masters()}
    layer.data.apply(out, "another master")
    after = layer.see("another master")
    assert [name for name in after if after[name] != before[name]] == ["user-management/dev/documentdb/master"]
    layer.rotate("documentdb-roles", action="rotate", force=True)
    layer.see("rotated by another master")


@pytest.fixture
def layer(emulated: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layer:
    """The layer, applied once, with those that it needs."""
    out = tmp_path / "cdktf.out"
    synthesize([environment(1)], out)
    arguments = ["--env", "dev", "--output", str(out), "--yes"]
    assert runner(["bootstrap", *arguments]) == 0
    stacks = read_stacks(out)
    for needed in in_order({id_: stacks[id_] for id_ in stacks["dev-data"].dependencies}):
        if needed.layer != STATE_LAYER:
            assert runner(["apply", *arguments, "--layer", needed.layer]) == 0
    (tmp_path / "data").mkdir()
    aws_cli.install(tmp_path / "bin", monkeypatch)
    data = Applied(tmp_path / "data", variables_of(emulated))
    data.apply(out, "first")
    return Layer(
        data=data,
        roles=Roles(environment=environment(1), session=boto3.Session(region_name=REGION), emulator=emulated),
        tree=ParameterTree.from_stacks(of_environment(read_stacks(out), "dev")),
    )


@pytest.mark.emulator
@pytest.mark.terraform
@pytest.mark.seconds(300)
def test_no_state_plan_log_and_environment_contains_a_secret(layer: Layer, tmp_path: Path) -> None:
    out, again = tmp_path / "cdktf.out", tmp_path / "again"
    synthesize([environment(2)], again)
    assert layer.see("first")["api-keys/email"] == "unset"
    write_by_hand(layer, out)
    rotate_jwt(layer)
    rotate_roles(layer)
    kill_and_repeat(layer)
    replace_master(layer, again)
    assert layer.lost_keys() == ["api-keys/email"]

    values = {
        f"{name} ({moment})": value
        for moment, texts in layer.seen.items()
        for name, value in passwords_in(texts).items()
    }
    texts = {**layer.data.texts, **said_by_functions(), "answers": json.dumps(layer.answers)}
    assert [str(leak) for leak in leaks(texts, {**values, "api-keys/email": API_KEY})] == []
    assert layer.data.kept == []
    assert len(layer.data.texts) == 15
    layer.data.require_no_changes()
