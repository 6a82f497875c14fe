"""What can happen to the state, tested with the real Terraform on the stacks' own backend and its two locks.

The repairs are those of docs/state.md.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest

from acceptance.account import Account
from emulator import Emulator
from runner.__main__ import main
from tests.acceptance.place import BUCKET, DIGEST, KEY, LOCK, TABLE, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.terraform,
    pytest.mark.xdist_group("state safety"),  # in one process, so that the state is bootstrapped once
    pytest.mark.seconds(45),
]


def wait_until(met: Callable[[], object], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def slow(marker: Path, seconds: int = 60) -> dict[str, Any]:
    """A resource that touches a file when it is being created, which lasts until `finish`, or so long."""
    command = f"touch {marker}; for i in $(seq {10 * seconds}); do test -e {marker}.end && exit; sleep 0.1; done"
    return {"terraform_data": {"slow": {"input": marker.name, "provisioner": [{"local-exec": {"command": command}}]}}}


def finish(marker: Path) -> None:
    """Let the creation of the slow resource end."""
    marker.with_name(f"{marker.name}.end").touch()


def vpcs(count: int) -> dict[str, Any]:
    """Resources that AWS creates twice without an error: a second one is a lost one."""
    return {"aws_vpc": {f"v{number}": {"cidr_block": f"10.{number}.0.0/16"} for number in range(count)}}


@pytest.fixture(scope="module")
def bootstrapped(output: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Account]]:
    """Dev's state stack, as synthesized, applied once."""
    root: Path = tmp_path_factory.mktemp("checkout")
    with Emulator() as emulator, pytest.MonkeyPatch.context() as patched:
        account = Account("111111111111", "us-east-1", emulator)
        place = Place(root, output, account)
        place.write({})
        for name, value in account.environ().items():
            patched.setenv(name, value)
        assert main(["bootstrap", "--env", "dev", "--output", str(place.out), "--yes"]) == 0
        yield root, account


@pytest.fixture
def place(bootstrapped: tuple[Path, Account], output: Path) -> Iterator[Place]:
    """The checkout with an empty stack that has no state."""
    root, account = bootstrapped
    place = Place(root, output, account)
    yield place
    for pid in place.terraform():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    s3, dynamodb = place.client("s3"), place.client("dynamodb")
    listed = s3.list_object_versions(Bucket=BUCKET, Prefix="network/")
    for one in (*listed.get("Versions", ()), *listed.get("DeleteMarkers", ())):
        s3.delete_object(Bucket=BUCKET, Key=one["Key"], VersionId=one["VersionId"])
    for key in (LOCK, DIGEST):
        dynamodb.delete_item(TableName=TABLE, Key=key)
    ec2 = place.client("ec2")
    for vpc in ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["false"]}])["Vpcs"]:
        ec2.delete_vpc(VpcId=vpc["VpcId"])


def lock_id(stderr: str) -> str:
    found = re.search(r"LOCK_ID=(\S+)", stderr)
    assert found, stderr
    return found[1]


@pytest.mark.parametrize("locks", [("dynamodb_table",), ("dynamodb_table", "use_lockfile")])
def test_of_two_applies_at_once_the_second_reports_who_holds_the_lock(
    place: Place, tmp_path: Path, locks: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    place.write(slow(tmp_path / "first"), locks=locks)
    first = place.start()
    wait_until((tmp_path / "first").exists)
    other = Place(tmp_path / "another-checkout", place.template, place.account)
    other.write(slow(tmp_path / "second"), locks=locks)

    assert other.apply() == 1
    stderr = capsys.readouterr().err
    assert re.search(r"The state is locked by \S+@\S+ \(apply, since [-0-9 :]+ UTC\)\.", stderr), stderr
    assert not (tmp_path / "second").exists()
    finish(tmp_path / "first")
    assert first.wait(timeout=120) == 0
    assert place.in_state("terraform_data") == 1
    assert not place.locked()


MOMENTS = (
    r"\$ terraform init",
    r"\$ terraform plan",
    '"type":"planned_change"',
    '"type":"change_summary"',
    r"\$ terraform apply",
    '"type":"apply_start"',
    '"type":"apply_complete"',
    '("type":"apply_complete".*){2}',
    '("type":"apply_complete".*){4}',
    "Apply complete!",
)


def test_an_apply_killed_at_ten_moments_loses_nothing_and_creates_nothing_twice(place: Place) -> None:
    """`kill -9` of the process group of make, as a terminal or a CI runner does it."""
    for number, moment in enumerate(MOMENTS):
        count = 4 * (number + 1)
        place.write(vpcs(count))
        place.log.unlink(missing_ok=True)
        place.log.with_name("initialised").unlink(missing_ok=True)  # one of the moments is in `init`
        process = place.start()
        pattern = re.compile(moment, re.DOTALL)
        wait_until(lambda: place.log.is_file() and pattern.search(place.log.read_text()))  # noqa: B023
        os.killpg(process.pid, signal.SIGKILL)
        # After Terraform's last line the runner may end before the signal arrives.
        assert process.wait() in {-signal.SIGKILL, 0 if moment == MOMENTS[-1] else -signal.SIGKILL}, moment

        wait_until(lambda: not place.terraform())
        assert not place.locked(), moment
        if number:
            assert place.in_state("aws_vpc") >= 4 * number, moment
        assert place.apply() == 0, moment
        assert place.in_state("aws_vpc") == count, moment
        assert place.vpcs() == sorted(f"10.{one}.0.0/16" for one in range(count)), moment


def test_a_killed_terraform_leaves_a_lock_that_unlock_releases(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place.write(vpcs(2))
    assert place.apply() == 0
    before = place.state()["serial"]
    place.write({**vpcs(2), **slow(tmp_path / "begun")})
    process = place.start()
    wait_until((tmp_path / "begun").exists)
    os.killpg(process.pid, signal.SIGKILL)
    for pid in place.terraform():
        os.killpg(pid, signal.SIGKILL)
    process.wait()
    wait_until(lambda: not place.terraform())

    assert place.locked()
    assert place.state()["serial"] >= before
    capsys.readouterr()
    assert place.apply() == 1
    stderr = capsys.readouterr().err
    assert "If it is no longer running: make unlock ENV=dev LAYER=network LOCK_ID=" in stderr
    assert place.run("unlock", "--lock-id", lock_id(stderr)) == 0
    assert not place.locked()
    place.write({**vpcs(2), **slow(tmp_path / "begun", seconds=0)})
    assert place.apply() == 0
    assert place.vpcs() == ["10.0.0.0/16", "10.1.0.0/16"]
    assert place.in_state("terraform_data") == 1


def test_what_a_killed_terraform_created_is_adopted(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place.write({**vpcs(3), **slow(tmp_path / "begun")})
    process = place.start()
    wait_until(lambda: place.log.is_file() and place.log.read_text().count('"type":"apply_complete"') == 3)
    os.killpg(process.pid, signal.SIGKILL)
    for pid in place.terraform():
        os.killpg(pid, signal.SIGKILL)
    process.wait()
    wait_until(lambda: not place.terraform())
    assert len(place.vpcs()) == 3

    assert place.apply() == 1
    assert place.run("unlock", "--lock-id", lock_id(capsys.readouterr().err)) == 0
    place.write({**vpcs(4), **slow(tmp_path / "begun", seconds=0)})
    assert place.apply() == 0
    assert "adopting what it created: aws_vpc.v0, aws_vpc.v1, aws_vpc.v2" in capsys.readouterr().err
    assert place.in_state("aws_vpc") == 4
    assert place.vpcs() == [f"10.{number}.0.0/16" for number in range(4)]
    assert place.run("plan", "--detailed-exitcode") == 0


def test_a_lock_that_vanishes_during_an_apply_loses_no_state(place: Place, tmp_path: Path) -> None:
    place.write({**vpcs(2), **slow(tmp_path / "begun")})
    process = place.start()
    wait_until((tmp_path / "begun").exists)
    place.client("dynamodb").delete_item(TableName=TABLE, Key=LOCK)
    finish(tmp_path / "begun")
    process.wait(timeout=120)

    assert place.in_state("aws_vpc") == 2
    assert place.in_state("terraform_data") == 1
    place.client("s3").delete_object(Bucket=BUCKET, Key=f"{KEY}.tflock")
    assert place.apply() == 0
    assert len(place.vpcs()) == 2


def test_a_layer_that_is_switched_off_is_not_forgotten(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.write(vpcs(2))
    assert place.apply() == 0
    manifest = place.out / "manifest.json"
    stacks = json.loads(manifest.read_text())["stacks"]
    manifest.write_text(json.dumps({"version": "0.21.0", "stacks": {"dev-state": stacks["dev-state"]}}))
    every_layer = ["--env", "dev", "--output", str(place.out)]

    capsys.readouterr()
    assert main(["plan", *every_layer]) == 0
    assert "dev-network is switched off, but its resources still exist." in capsys.readouterr().out
    assert main(["destroy", *every_layer, "--layer", "state", "--yes"]) != 0
    assert place.in_state("aws_vpc") == 2
    assert place.run("destroy", "--yes") == 0
    assert place.vpcs() == []
    capsys.readouterr()
    assert main(["plan", *every_layer]) == 0
    assert "switched off" not in capsys.readouterr().out


def versions(place: Place) -> list[str]:
    """Ids of the state's versions, the newest first."""
    listed = place.client("s3").list_object_versions(Bucket=BUCKET, Prefix=KEY)["Versions"]
    return [one["VersionId"] for one in listed if one["Key"] == KEY]


def restore(place: Place, version: str) -> None:
    """As in docs/state.md: the version becomes the newest again."""
    source = {"Bucket": BUCKET, "Key": KEY, "VersionId": version}
    place.client("s3").copy_object(Bucket=BUCKET, Key=KEY, CopySource=source)


def test_a_damaged_state_is_detected_and_its_previous_version_can_be_restored(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    place.write(vpcs(2))
    assert place.apply() == 0
    good = versions(place)[0]
    place.client("s3").put_object(Bucket=BUCKET, Key=KEY, Body=b"{ half of a sta")

    capsys.readouterr()
    assert place.apply() == 1
    assert "state" in capsys.readouterr().err
    restore(place, good)
    assert place.run("plan", "--detailed-exitcode") == 0
    assert len(place.vpcs()) == 2


def test_an_older_version_needs_its_digest_deleted(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.write(vpcs(2))
    assert place.apply() == 0
    older = versions(place)[0]
    place.write({**vpcs(2), "terraform_data": {"later": {"input": 1}}})
    assert place.apply() == 0
    restore(place, older)

    capsys.readouterr()
    assert place.run("plan") == 1
    assert "does not have the expected content" in capsys.readouterr().err
    place.client("dynamodb").delete_item(TableName=TABLE, Key=DIGEST)
    assert place.apply() == 0
    assert place.in_state("terraform_data") == 1
    assert len(place.vpcs()) == 2
    assert place.client("dynamodb").get_item(TableName=TABLE, Key=DIGEST)["Item"]["Digest"]["S"]
