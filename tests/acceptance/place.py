"""A checkout whose small network stack a test fills, with its state on the emulator."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.__main__ import main
from tests.processes import processes_with

if TYPE_CHECKING:
    from acceptance.account import Account

ROOT = Path(__file__).parents[2]
KEY = "network/terraform.tfstate"
BUCKET = "user-management-dev-state-111111111111"
TABLE = "user-management-dev-state-lock"
DIGEST = {"LockID": {"S": f"{BUCKET}/{KEY}-md5"}}
LOCK = {"LockID": {"S": f"{BUCKET}/{KEY}"}}


@dataclass
class Place:
    """A checkout with dev's own state stack, and a small stack instead of its network."""

    root: Path
    template: Path
    account: Account

    @property
    def out(self) -> Path:
        return self.root / "cdktf.out"

    @property
    def log(self) -> Path:
        return self.root / ".terraform-work/dev-network/terraform.log"

    def write(self, resources: dict[str, Any], *, locks: tuple[str, ...] = ("dynamodb_table", "use_lockfile")) -> None:
        """Put resources into the stack; the rest of it stays as synthesized, but for locks that are left out."""
        stacks = json.loads((self.template / "manifest.json").read_text())["stacks"]
        chosen = {id_: stacks[id_] for id_ in ("dev-state", "dev-network")}
        for id_ in chosen:
            folder = self.out / "stacks" / id_
            folder.mkdir(parents=True, exist_ok=True)
            document = json.loads((self.template / "stacks" / id_ / "cdk.tf.json").read_text())
            if id_ == "dev-network":
                backend = document["terraform"]["backend"]["s3"]
                for name in {"dynamodb_table", "use_lockfile"} - set(locks):
                    del backend[name]
                kept = {name: document[name] for name in ("//", "provider", "terraform")}
                document = {**kept, "resource": resources}
            (folder / "cdk.tf.json").write_text(json.dumps(document))
        (self.out / "manifest.json").write_text(json.dumps({"version": "0.21.0", "stacks": chosen}))

    def arguments(self, action: str, *more: str) -> list[str]:
        return [action, "--env", "dev", "--output", str(self.out), "--layer", "network", *more]

    def run(self, action: str, *more: str) -> int:
        return main(self.arguments(action, *more))

    def apply(self) -> int:
        return self.run("apply", "--yes")

    def start(self) -> subprocess.Popen[bytes]:
        """Start `make apply` in a separate process."""
        return subprocess.Popen(
            [sys.executable, "-m", "runner", *self.arguments("apply", "--yes")],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def terraform(self) -> list[int]:
        """The ids of the Terraform processes that run here."""
        return list(processes_with(f"-chdir={self.root}/"))

    def state(self) -> dict[str, Any]:
        body = self.client("s3").get_object(Bucket=BUCKET, Key=KEY)["Body"].read()
        content: dict[str, Any] = json.loads(body)
        return content

    def in_state(self, type_: str) -> int:
        return sum(len(one["instances"]) for one in self.state()["resources"] if one["type"] == type_)

    def client(self, service: str) -> Any:
        return self.account.session().client(service)

    def vpcs(self) -> list[str]:
        listed = self.client("ec2").describe_vpcs(Filters=[{"Name": "is-default", "Values": ["false"]}])["Vpcs"]
        return sorted(vpc["CidrBlock"] for vpc in listed)

    def locked(self) -> bool:
        """Whether either lock is held."""
        item = self.client("dynamodb").get_item(TableName=TABLE, Key=LOCK).get("Item")
        files = self.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=f"{KEY}.tflock")
        return bool(item) or files["KeyCount"] > 0
