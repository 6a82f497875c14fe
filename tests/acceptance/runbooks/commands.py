"""The commands of a rendered page, run on an account of the emulator as a person runs them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from acceptance.account import Account
from acceptance.region_loss import aws_cli
from acceptance.region_loss.checkout import Checkout
from runner.processes import Processes
from tests.acceptance.runbooks import make_program
from tests.runbooks.rendered import rendered_pages
from tests.shell_commands import blocks

if TYPE_CHECKING:
    from pathlib import Path

    from emulator import Emulator

ACCOUNTS_OF_PAGES: Final = {"dev": "111111111111", "staging": "222222222222", "prod": "333333333333"}
REGION_OF_PAGES: Final = "us-east-1"
ALL: Final = "(?!)"
"""What matches no command, so that none is left out."""
_RUN: Final = re.compile(rf"[A-Z_]+=|aws |make (?:{'|'.join(make_program.TARGETS)}) ")


@dataclass(frozen=True)
class Runbook:
    """A page of an environment, with the account and the region of a test in the place of its own."""

    text: str
    account: Account
    checkout: Checkout

    @classmethod
    def of(
        cls,
        page: str,
        *,
        output: Path,
        emulator: Emulator,
        account: str,
        region: str,
        folder: Path,
        environment: str = "prod",
    ) -> Runbook:
        """Take a page of what was synthesized, and a shell that reaches the emulator."""
        own = Account(account, region, emulator)

        def moved(text: str) -> str:
            return text.replace(ACCOUNTS_OF_PAGES[environment], account).replace(REGION_OF_PAGES, region)

        programs = folder / "programs"
        aws_cli.install(programs)
        make_program.install(programs, output, environment, moved)
        path = os.pathsep.join([str(programs), os.environ["PATH"]])
        shell = Checkout(folder, environment, Processes(), {**own.environ(), "PATH": path, "AWS_PAGER": ""})
        return cls(moved(rendered_pages(output)[f"{environment}/{page}.md"]), own, shell)

    def section(self, heading: str) -> str:
        """The text below a heading."""
        return re.split(r"^## ", self.text.partition(f"\n## {heading}\n")[2], flags=re.MULTILINE)[0]

    def step(self, number: int) -> str:
        """A numbered step of what to do."""
        _, _, text = self.section("What to do").partition(f"\n{number}. ")
        return text.partition(f"\n{number + 1}. ")[0]

    def run(self, part: str, *, without: str = "aws (?:ecs|application-autoscaling) ", **set_: str) -> str:
        """Run the commands of a part of the page that need no applied environment, and what sets variables.

        They are those of the AWS CLI, and of `make` those that call no Terraform but to release a lock.

        Args:
            part: A section, or a part of one.
            without: A pattern of those that are not run.
            set_: Other values of variables that the page sets.
        """
        said = []
        for block in blocks(part):
            lines = [line.strip() for line in block.splitlines()]
            kept = [line for line in lines if _RUN.match(line) and not re.match(without, line)]
            commands = "\n".join(kept)
            for name, value in set_.items():
                commands = re.sub(rf"^{name}=.*$", f"{name}={value}", commands, flags=re.MULTILINE)
            if commands:
                said.append(self.checkout.run(commands))
        return "".join(said)

    def client(self, service: str) -> Any:
        """A client of the account."""
        return self.account.session().client(service)
