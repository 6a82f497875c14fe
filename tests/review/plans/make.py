"""Makes the plans beside it again, with Terraform and the provider: `python -m tests.review.plans.make`.

Each folder has `before.tf`, which is applied to an emulator, and `after.tf`, whose plan becomes `plan.json`. What a
call of the API has changed in between is in `_DRIFT`. No test runs this: the plans are what Terraform has said.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3

from acceptance.harness import open_emulator
from emulator.probe.terraform import Terraform

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_FOLDER: Final = Path(__file__).parent
_ACCOUNT: Final = "900000000401"


def _drift(client: Callable[[str], Any]) -> None:
    """A person has changed a timeout."""
    (balancer,) = client("elbv2").describe_load_balancers()["LoadBalancers"]
    client("elbv2").modify_load_balancer_attributes(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "120"}],
    )


_DRIFT: Final[Mapping[str, Callable[[Callable[[str], Any]], None]]] = {"platform": _drift}


def make(case: Path) -> None:
    """Make one plan."""
    with open_emulator(0) as emulator, tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        environment = emulator.environment(account=_ACCOUNT)
        terraform = Terraform(work, environment)
        shutil.copyfile(case / "before.tf", work / "main.tf")
        terraform.run("init", "-input=false")
        terraform.run("apply", "-auto-approve", "-input=false")
        if case.name in _DRIFT:
            _DRIFT[case.name](
                lambda service: boto3.client(
                    service,
                    endpoint_url=emulator.url,
                    region_name="us-east-1",
                    aws_access_key_id=_ACCOUNT,
                    aws_secret_access_key="test",
                )
            )
        shutil.copyfile(case / "after.tf", work / "main.tf")
        terraform.run("plan", "-input=false", "-out=plan")
        _, shown = terraform.run("show", "-json", "plan")
        content = json.loads(shown[shown.index("{") :])
        content.pop("timestamp")
        (case / "plan.json").write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        _, text = terraform.run("show", "-no-color", "plan")
        (case / "plan.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:] or sorted(path.parent.name for path in _FOLDER.glob("*/before.tf")):
        make(_FOLDER / name)
        print(f"{name} is made.")
