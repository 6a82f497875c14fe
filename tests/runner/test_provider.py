"""Which command gets a provider that runs already, and what becomes of that provider."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from base64 import b64encode
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from runner import provider
from runner.executable import Executable
from runner.processes import Processes, Start
from synthesis.manifest import Stack
from tests.processes import processes_with

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.runner.conftest import Project

ADDRESS = "registry.terraform.io/hashicorp/aws"
TERRAFORM = Executable(("terraform",), "1.11.4", "linux_amd64")
EMULATOR = {"AWS_ACCESS_KEY_ID": "111111111111", "AWS_ENDPOINT_URL": "http://127.0.0.1:5000"}
DOCUMENT: dict[str, Any] = {
    "provider": {"aws": [{"region": "us-east-1"}]},
    "terraform": {"required_providers": {"aws": {"source": "aws", "version": "5.100.0"}}},
}
# As the real one with -debug, and it says in a file where its socket and the files of the configuration are.
PROVIDER = f"""#!{sys.executable} -IS
import os, sys, time
here = os.path.dirname(sys.argv[0])
started = open(os.path.join(here, "started"), "a")
print(os.environ["PLUGIN_UNIX_SOCKET_DIR"], os.getcwd(), sep="\\n", file=started, flush=True)
print("panic: the reason", file=sys.stderr, flush=True)
BEFORE
address = '{{"{ADDRESS}":{{"Pid":%d}}}}' % os.getpid()
print(f"Set this:\\n\\n\\tTF_REATTACH_PROVIDERS='{{address}}'\\n", flush=True)
AFTER
time.sleep(60)
"""


def wait_until(met: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not met():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@dataclass
class Installed:
    """A stack's folder after `init`."""

    root: Path

    @property
    def package(self) -> Path:
        return self.root / "data/providers" / ADDRESS / "5.100.0/linux_amd64"

    @property
    def program(self) -> Path:
        return self.package / "terraform-provider-aws_v5.100.0_x5"

    @property
    def log(self) -> Path:
        return self.root / "provider.log"

    def install(self, *, before: str = "", after: str = "") -> None:
        """Write the provider, and the lock file that `init` would write."""
        self.package.mkdir(parents=True, exist_ok=True)
        self.program.write_text(PROVIDER.replace("BEFORE", before).replace("AFTER", after))
        self.program.chmod(0o700)
        (self.package / "LICENSE.txt").write_text("free")
        self.lock(provider.checksum(self.package))

    def lock(self, checksum: str) -> None:
        (self.root / "config").mkdir(exist_ok=True)
        text = f'provider "{ADDRESS}" {{\n  version = "5.100.0"\n  hashes = [\n    "{checksum}",\n  ]\n}}\n'
        (self.root / "config" / provider.LOCK_FILE).write_text(text)

    def find(
        self,
        command: str = "plan",
        environ: Mapping[str, str] = MappingProxyType({}),
        *,
        document: dict[str, Any] = DOCUMENT,
        executable: Executable = TERRAFORM,
    ) -> Path | None:
        stack = Stack(id="dev-network", folder=self.root, document=document)
        folders = {"data": self.root / "data", "config": self.root / "config"}
        return provider.find(command.split(), stack, executable, environ, **folders)

    def unread(self, command: str, **given: Any) -> dict[str, str]:
        stack = Stack(id="dev-network", folder=self.root, document=given.get("document", DOCUMENT))
        folders = {"data": self.root / "data", "config": self.root / "config"}
        return provider.unread(command.split(), stack, given.get("executable", TERRAFORM), **folders)

    def run(self, code: str) -> tuple[int, str, str]:
        """Run Python instead of Terraform, with the provider; return exit code, output, and how the provider ended."""
        command = [sys.executable, "-c", code]
        files = {"config": self.root / "config", "log": self.log}
        with provider.attach(self.program, command, dict(os.environ), **files) as attachment:
            done = Processes().capture(attachment.start)
        return done.code, done.stdout, attachment.crash

    def started(self) -> list[str]:
        path = self.package / "started"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    found = Installed(tmp_path)
    found.install()
    return found


@pytest.mark.parametrize("command", ["plan", "show", "validate"])
def test_a_command_that_only_reads_gets_the_provider_of_the_lock_file(installed: Installed, command: str) -> None:
    assert installed.find(command) == installed.program.resolve()


@pytest.mark.parametrize("command", ["init", "output", "state", "workspace", "force-unlock"])
def test_a_command_that_needs_no_provider_gets_none(installed: Installed, command: str) -> None:
    assert installed.find(command, EMULATOR) is None


@pytest.mark.parametrize("command", ["init -reconfigure", "output -json", "state list", "workspace list"])
def test_a_command_that_needs_no_provider_does_not_read_it(installed: Installed, command: str) -> None:
    assert set(json.loads(installed.unread(command)["TF_REATTACH_PROVIDERS"])) == {ADDRESS}


@pytest.mark.parametrize("command", ["plan", "apply", "show", "validate"])
def test_a_command_that_calls_the_provider_gets_no_false_address(installed: Installed, command: str) -> None:
    assert installed.unread(command) == {}


def test_an_init_reads_what_is_not_installed_as_it_is_locked(installed: Installed) -> None:
    installed.lock("h1:another")
    assert installed.unread("init") == {}
    installed.program.unlink()
    assert installed.unread("init") == installed.unread("output") == {}


def test_other_providers_and_opentofu_are_read_as_always(installed: Installed) -> None:
    two = {"aws": {"source": "aws", "version": "5.100.0"}, "archive": {"source": "archive", "version": "2.0.0"}}
    assert installed.unread("output", document={**DOCUMENT, "terraform": {"required_providers": two}}) == {}
    assert installed.unread("output", executable=replace(TERRAFORM, command=("/usr/bin/tofu",))) == {}


def test_an_apply_gets_it_only_on_the_emulator(installed: Installed) -> None:
    assert installed.find("apply") is None
    assert installed.find("apply", EMULATOR) == installed.program.resolve()


def test_a_plan_of_a_destroy_which_configures_it_twice_gets_it_where_there_is_no_ca_bundle(
    installed: Installed,
) -> None:
    command = "plan -json -destroy"
    assert installed.find(command) is None
    assert installed.find(command, {**EMULATOR, "AWS_CA_BUNDLE": "/etc/ssl/own.pem"}) is None
    assert installed.find(command, EMULATOR) == installed.program.resolve()


def test_logs_that_somebody_asked_for_need_terraforms_own_provider(installed: Installed) -> None:
    assert installed.find(environ={"TF_LOG_PROVIDER": "debug"}) is None


def test_opentofu_starts_its_own(installed: Installed) -> None:
    assert installed.find(executable=replace(TERRAFORM, command=("/usr/bin/tofu",))) is None


@pytest.mark.parametrize(
    "providers",
    [
        {"aws": [{"region": "eu-west-1"}, {"region": "us-east-1", "alias": "us-east-1"}]},
        {"aws": [{"region": "us-east-1", "alias": "us-east-1"}]},
        {"aws": [{}], "archive": [{}]},
        {},
    ],
)
def test_a_stack_with_other_than_one_configuration_starts_its_own(
    installed: Installed, providers: dict[str, Any]
) -> None:
    assert installed.find(document={**DOCUMENT, "provider": providers}) is None


@pytest.mark.parametrize(
    "required",
    [
        {"aws": {"source": "aws", "version": "~> 5.0"}},
        {"aws": {"source": "acme/aws", "version": "5.100.0"}},
        {"aws": {"source": "aws", "version": "5.99.0"}},
        {"aws": {"source": "aws", "version": "5.100.0"}, "archive": {"source": "archive", "version": "2.0.0"}},
    ],
)
def test_another_provider_than_the_installed_one_is_left_to_terraform(
    installed: Installed, required: dict[str, Any]
) -> None:
    assert installed.find(document={**DOCUMENT, "terraform": {"required_providers": required}}) is None


def test_the_checksum_is_the_one_of_terraform(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "c").write_text("2")
    (tmp_path / "a").write_text("1")
    lines = "".join(f"{hashlib.sha256(text).hexdigest()}  {name}\n" for text, name in ((b"1", "a"), (b"2", "b/c")))
    assert provider.checksum(tmp_path) == f"h1:{b64encode(hashlib.sha256(lines.encode()).digest()).decode()}"


def test_a_provider_that_was_changed_after_init_is_not_started(installed: Installed) -> None:
    assert installed.find()
    before = installed.program.stat()
    text = installed.program.read_text()
    installed.program.write_text(text.replace("the reason", "the raison"))
    os.utime(installed.program, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert installed.find() is None


def test_a_provider_that_is_not_in_the_lock_file_is_not_started(installed: Installed) -> None:
    installed.lock("h1:another")
    assert installed.find() is None
    (installed.root / "config" / provider.LOCK_FILE).unlink()
    assert installed.find() is None


def test_the_provider_is_started_once_and_has_ended_with_the_command(installed: Installed) -> None:
    code = (
        "import os; print(os.environ['TF_REATTACH_PROVIDERS']); print(any('ATTACHED' in name for name in os.environ))"
    )
    exit_code, output, crash = installed.run(code)
    reattach, inherited = output.splitlines()
    assert (exit_code, inherited, crash) == (0, "False", "")
    with pytest.raises(ProcessLookupError):
        os.kill(json.loads(reattach)[ADDRESS]["Pid"], 0)
    sockets, files = installed.started()
    assert not Path(sockets).exists()
    assert Path(files) == (installed.root / "config").resolve()


def test_only_its_user_can_reach_the_socket(installed: Installed) -> None:
    code = (
        f"import os; folder = open({str(installed.package / 'started')!r}).read().split()[0]; "
        "print(oct(os.stat(folder).st_mode & 0o777), len(folder))"
    )
    _, output, _ = installed.run(code)
    mode, length = output.split()
    assert mode == "0o700"
    assert int(length) <= 76  # macOS allows 104 characters with the socket's own name


def test_exit_code_and_signals_are_those_of_terraform(installed: Installed) -> None:
    assert installed.run("import sys; sys.exit(2)")[0] == 2
    assert installed.run("import os; os.kill(os.getpid(), 9)")[0] == -signal.SIGKILL


def test_an_interrupt_reaches_terraform_and_not_the_provider(installed: Installed) -> None:
    code = (
        "import json, os, signal, subprocess, sys, time\n"
        f"pid = json.loads(os.environ['TF_REATTACH_PROVIDERS'])[{ADDRESS!r}]['Pid']\n"
        "def finish(*_):\n"
        "    time.sleep(0.3)\n"
        "    subprocess.run(['ps', '-o', 'stat=', '-p', str(pid)])\n"
        "    sys.exit(7)\n"
        "signal.signal(signal.SIGINT, finish)\n"
        "os.killpg(0, signal.SIGINT)\n"
        "time.sleep(10)\n"
    )
    exit_code, output, crash = installed.run(code)
    assert (exit_code, crash) == (7, "")
    assert output[:1] in {"S", "R"}  # it sleeps or runs


def test_a_provider_that_does_not_start_leaves_it_to_terraform(installed: Installed) -> None:
    installed.install(before="sys.exit(1)")
    exit_code, output, _ = installed.run("import os; print(os.environ.get('TF_REATTACH_PROVIDERS'))")
    assert (exit_code, output) == (0, "None\n")


def test_a_provider_that_ends_before_terraform_is_reported(installed: Installed) -> None:
    installed.install(after="time.sleep(0.3); os.kill(os.getpid(), 9)")
    exit_code, _, crash = installed.run("import sys, time; time.sleep(1); sys.exit(1)")
    assert (exit_code, crash) == (1, "exit code -9")
    assert installed.log.read_text() == "panic: the reason\n"


def test_a_crash_is_the_error_instead_of_every_call_that_it_did_not_answer(dev: Project) -> None:
    dev.script("dev-network", plan={"seconds": 1, "error": {"summary": "Plugin did not respond"}})
    installed = Installed(dev.root / ".terraform-work/dev-network")
    installed.install(after="time.sleep(0.3); os._exit(3)")
    shutil.copy(dev.out / "stacks/dev-network/cdk.tf.json", installed.root / "config")
    code, out, err = dev.run("plan", "--layer", "network")
    assert code == 1
    assert f"The AWS provider ended unexpectedly (exit code 3); what it printed last: {installed.log}" in err
    assert "Plugin did not respond" not in err
    assert "make plan ENV=dev LAYER=network" in out


def test_the_provider_ends_with_terraform_when_the_runner_was_killed(installed: Installed, tmp_path: Path) -> None:
    begun, done = tmp_path / "begun", tmp_path / "done"
    code = f"import time; open({str(begun)!r}, 'w'); time.sleep(1.5); open({str(done)!r}, 'w')"
    runner = f"from tests.runner.test_provider import *; Installed(Path({str(tmp_path)!r})).run({code!r})"
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", runner], cwd=root, start_new_session=True) as process:
        wait_until(begun.exists)
        os.killpg(process.pid, signal.SIGKILL)
    assert processes_with(str(installed.program))
    wait_until(done.exists)
    wait_until(lambda: not processes_with(str(installed.program)))
    assert not Path(installed.started()[0]).exists()


def test_the_provider_ends_with_its_keeper_where_the_system_can(installed: Installed) -> None:
    keeper = installed.root / "keeper"
    installed.install(before=f"print(os.getppid(), file=open({str(keeper)!r}, 'w'), flush=True)")
    installed.run(f"import os; os.kill(int(open({str(keeper)!r}).read()), 9)")
    wait_until(lambda: sys.platform != "linux" or not processes_with(str(installed.program)))


def test_a_run_does_not_wait_forever_for_a_provider_that_does_not_end(
    installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider, "_END_SECONDS", 0.2)
    keeper = installed.root / "keeper"
    installed.install(before=f"print(os.getppid(), file=open({str(keeper)!r}, 'w'), flush=True)")
    stop = f"import os, signal; os.kill(int(open({str(keeper)!r}).read()), signal.SIGSTOP)"
    assert installed.run(stop) == (0, "", "")
    os.kill(int(keeper.read_text()), signal.SIGCONT)
    wait_until(lambda: not processes_with(str(installed.program)))


def test_without_a_program_the_command_is_terraforms_own(tmp_path: Path) -> None:
    with provider.attach(None, ["terraform", "init"], {"A": "1"}, config=tmp_path, log=tmp_path) as attachment:
        assert attachment.start == Start(["terraform", "init"], {"A": "1"})
