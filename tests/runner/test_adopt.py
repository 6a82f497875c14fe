from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003 - the tests make paths of it
from typing import TYPE_CHECKING

from runner.adopt import IMPORTED_BY_ID, IMPORTED_OTHERWISE, find_missing, import_blocks, read_created
from runner.events import Diagnostic

if TYPE_CHECKING:
    from tests.template import Template


def complete(address: str, id_: str, action: str = "create") -> str:
    hook = {"resource": {"addr": address}, "action": action, "id_key": "id", "id_value": id_}
    return json.dumps({"type": "apply_complete", "hook": hook}, separators=(",", ":"))


def log(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "terraform.log"
    path.write_text("\n".join(["$ terraform apply -json plan", *lines]))
    return path


def test_what_a_killed_apply_created_is_read_from_its_log(tmp_path: Path) -> None:
    lines = [complete("aws_vpc.a", "vpc-1"), complete("aws_vpc.b", "vpc-2", action="update"), '{"type":"apply_comp']
    assert read_created(log(tmp_path, *lines)) == {"aws_vpc.a": "vpc-1"}


def test_an_apply_that_finished_has_everything_in_the_state(tmp_path: Path) -> None:
    end = '{"@message":"Apply complete! Resources: 1 added, ..."}'
    assert read_created(log(tmp_path, complete("aws_vpc.a", "vpc-1"), end)) == {}


def test_without_a_log_nothing_was_created(tmp_path: Path) -> None:
    assert read_created(tmp_path / "terraform.log") == {}


def test_what_an_id_cannot_import_and_what_is_no_longer_configured_is_left_out() -> None:
    created = {"aws_vpc.gone": "vpc-1", 'aws_vpc.b["a"]': "vpc-2", "aws_route.c": "r-1", "terraform_data.d": "x"}
    configured = {"aws_vpc": {"b"}, "aws_route": {"c"}, "terraform_data": {"d"}}
    assert import_blocks(created, configured) == {"import": [{"to": 'aws_vpc.b["a"]', "id": "vpc-2"}]}


def test_without_anything_to_import_there_is_no_block() -> None:
    assert import_blocks({"aws_vpc.a": "vpc-1"}, {}) == {}


def test_what_no_longer_exists_is_found_by_its_address() -> None:
    gone = Diagnostic(
        "Cannot import non-existent remote object",
        'While attempting to import an existing object to "aws_vpc.a", the provider detected that no object exists',
    )
    other = Diagnostic("Unauthorized", 'to "aws_vpc.b"')
    assert find_missing([gone, other]) == {"aws_vpc.a"}


def test_every_type_that_is_emitted_can_be_imported_or_says_why_not(stacks: dict[str, Template]) -> None:
    emitted = {kind for stack in stacks.values() for kind in stack.document.get("resource", {})}
    missing = sorted(emitted - IMPORTED_BY_ID - set(IMPORTED_OTHERWISE))
    assert missing == [], (
        "add each to runner/adopt.py; the section Import of its page in the provider's documentation says where: "
        "to IMPORTED_BY_ID if the import takes the id, else to IMPORTED_OTHERWISE with what it takes"
    )
    assert IMPORTED_BY_ID.isdisjoint(IMPORTED_OTHERWISE)
