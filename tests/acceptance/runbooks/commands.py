"""The commands of a rendered page, run on an account of the emulator as a person runs them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from acceptance.account import Account
from acceptance.region_loss.checkout import Checkout
from main import ROOT
from runner.processes import Processes
from tests.runbooks.rendered import rendered_pages
from tests.shell_commands import blocks

if TYPE_CHECKING:
    from pathlib import Path

    from emulator import Emulator

ACCOUNT_OF_PAGES: Final = "333333333333"
REGION_OF_PAGES: Final = "us-east-1"


@dataclass(frozen=True)
class Runbook:
    """A page of prod, with the account and the region of a test in the place of its own."""

    text: str
    account: Account
    checkout: Checkout

    @classmethod
    def of(cls, page: str, *, output: Path, emulator: Emulator, account: str, region: str, folder: Path) -> Runbook:
        """Take a page of what was synthesized, and a shell that reaches the emulator."""
        text = rendered_pages(output)[f"prod/{page}.md"]
        own = Account(account, region, emulator)
        path = os.pathsep.join([str(ROOT / ".venv" / "aws-cli" / "bin"), os.environ["PATH"]])
        shell = Checkout(folder, "prod", Processes(), {**own.environ(), "PATH": path, "AWS_PAGER": ""})
        return cls(text.replace(ACCOUNT_OF_PAGES, account).replace(REGION_OF_PAGES, region), own, shell)

    def section(self, heading: str) -> str:
        """The text below a heading."""
        return re.split(r"^## ", self.text.partition(f"\n## {heading}\n")[2], flags=re.MULTILINE)[0]

    def run(self, part: str, *, without: str = "aws (?:ecs|application-autoscaling) ", **set_: str) -> str:
        """Run those commands of a part of the page that are the AWS CLI's, and what sets variables.

        Args:
            part: A section, or a part of one.
            without: A pattern of those that are not.
            set_: Other values of variables that the page sets.
        """
        said = []
        for block in blocks(part):
            lines = [line.strip() for line in block.splitlines()]
            kept = [line for line in lines if re.match(r"[A-Z_]+=|aws ", line) and not re.match(without, line)]
            commands = "\n".join(kept)
            for name, value in set_.items():
                commands = re.sub(rf"^{name}=.*$", f"{name}={value}", commands, flags=re.MULTILINE)
            if commands:
                said.append(self.checkout.run(commands))
        return "".join(said)

    def client(self, service: str) -> Any:
        """A client of the account."""
        return self.account.session().client(service)
