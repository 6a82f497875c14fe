"""Applies, changes and destroys the test configuration, and measures each step."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable  # noqa: TC003  a dataclass of this module names it
from dataclasses import dataclass, field
from pathlib import Path

from emulator.probe.terraform import Terraform, TerraformError
from emulator.server import Emulator

ACCOUNT = "210987654321"
# Most of them only wait, for the provider; with ten at a time, which is the default, the others would wait for these.
_PARALLEL = "-parallelism=50"
_HERE = Path(__file__).parent
_DONE = re.compile(r"Resources: \d+ added, (?P<changed>\d+) changed, (?P<destroyed>\d+) destroyed")


@dataclass
class Report:
    """The results of a run, and how long each step took."""

    seconds: dict[str, float] = field(default_factory=dict)
    types: set[str] = field(default_factory=set)
    resources: int = 0
    data_sources: int = 0
    changed: int = 0

    def measure(self, name: str, step: Callable[[], object]) -> None:
        """Run a step and store its duration."""
        started = time.monotonic()
        step()
        self.seconds[name] = time.monotonic() - started

    def count(self, addresses: list[str]) -> None:
        """Count the resources in the state."""
        managed = [address for address in addresses if not address.startswith("data.")]
        self.resources = len(managed)
        self.data_sources = len(addresses) - len(managed)
        self.types = {address.split(".", maxsplit=1)[0] for address in managed}

    def count_changes(self, output: str) -> None:
        """Count the resources that an apply has changed or replaced."""
        found = _DONE.search(output)
        self.changed = int(found["changed"]) + int(found["destroyed"]) if found else 0

    def __str__(self) -> str:
        """Return the table."""
        rows = [f"{name:<28}{seconds:>8.1f} s" for name, seconds in self.seconds.items()]
        total = f"{'total':<28}{sum(self.seconds.values()):>8.1f} s"
        counts = (
            f"{len(self.types)} resource types, {self.resources} resources, "
            f"{self.data_sources} data sources; {self.changed} changed in the second round"
        )
        return "\n".join([*rows, total, counts])


def _print_now(line: str) -> None:
    print(line, flush=True)


def run(*, account: str = ACCOUNT, show: Callable[[str], object] = _print_now) -> Report:
    """Apply, change and destroy the test configuration; raise TerraformError at the first step that is not clean."""
    report = Report()
    with tempfile.TemporaryDirectory(prefix="probe-") as name, Emulator() as emulator:
        folder = Path(name)
        for source in _HERE.glob("*.tf"):
            shutil.copy(source, folder)
        archive = folder / "function.zip"
        with zipfile.ZipFile(archive, "w") as packed:
            # A fixed date: the hash of the archive must be the same in every run.
            packed.writestr(zipfile.ZipInfo("index.js"), "exports.handler = async () => 1;\n")
            packed.writestr(zipfile.ZipInfo("index.py"), "def handler(event, context): return event\n")
        terraform = Terraform(folder, {**emulator.environment(account=account), "TF_VAR_archive": str(archive)})

        def step(title: str, action: Callable[[], object]) -> None:
            report.measure(title, action)
            show(f"{title}: {report.seconds[title]:.1f} s")

        apply = ("apply", "-no-color", "-auto-approve", _PARALLEL)
        changed = "-var=changed=true"
        step("init", lambda: terraform.run("init", "-no-color"))
        step("apply", lambda: terraform.run(*apply))
        report.count(terraform.addresses())
        step("plan without changes", terraform.require_no_changes)
        step("change", lambda: report.count_changes(terraform.run(*apply, changed)[1]))
        step("second plan without changes", lambda: terraform.require_no_changes(changed))
        step("destroy", lambda: terraform.run("destroy", "-no-color", "-auto-approve", _PARALLEL, changed))
        left = terraform.addresses()
        if left:
            message = f"the state is not empty after destroy: {left}"
            raise TerraformError(message)
    return report
