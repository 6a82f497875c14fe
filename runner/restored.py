"""Compares the origin of the second region's databases with what [recovery.fail_over] names.

A restore happens once. Terraform ignores another snapshot, time or copy of the same database, because it would replace
what serves: both arguments are ForceNew, and are among `ignore_changes`. So without this a second fail-over would be
planned without changes, and would serve what the first one has restored.
https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/db_instance#restore_to_point_in_time
https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/docdb_cluster#snapshot_identifier
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from runner.errors import RunnerError
from synthesis.template import blocks, references

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runner.session import Session
    from runner.terraform import Plan, Terraform
    from synthesis.manifest import Stack

_POSTGRES, _DOCUMENTDB = "aws_db_instance", "aws_docdb_cluster"
_SNAPSHOT, _RESTORE = "snapshot_identifier", "restore_to_point_in_time"
_BACKUPS, _TIME = "source_db_instance_automated_backups_arn", "restore_time"
_NEWEST: Final = "the newest second that its copies had then"


@dataclass(frozen=True, kw_only=True)
class _Difference:
    """A database that is not what the settings ask for."""

    address: str
    setting: str
    made_from: str
    asked_for: str

    def __str__(self) -> str:
        return f"{self.address} was restored from {self.made_from}, and {self.setting} asks for {self.asked_for}"


def check_origin(session: Session, stack: Stack, terraform: Terraform, plan: Plan) -> None:
    """Refuse to plan or apply a stack whose databases were restored from something else than its settings name.

    Only what a person names is refused. The ARN of the copies that RDS makes now, which Terraform reads, is another one
    as soon as the instance at home is, as in a fail-back: that is a warning. A database that was imported has no origin
    in its state, and one that the plan replaces gets the new one.

    Raises:
        RunnerError: One of them was.
    """
    declared = {each.address: each for each in stack.all(_POSTGRES, _DOCUMENTDB)}
    if not stack.stands_by or not declared:
        return
    content = terraform.content(plan)
    kept = {
        change["address"]: change["change"].get("before") or {}
        for change in content.get("resource_changes", ())
        if change["address"] in declared and "delete" not in change["change"]["actions"]
    }
    found = [
        difference
        for address, before in kept.items()
        for difference in _differences(address, before, declared[address].arguments)
    ]
    if found:
        raise _other_origin_error(stack, found)
    for address, before in kept.items():
        made = _restore(before).get(_BACKUPS)
        copies = _read(content, str(_restore(declared[address].arguments).get(_BACKUPS)))
        if made and copies and made != copies:
            session.progress.warn(
                f"{stack.id}: {address} was restored from {made}, and RDS now makes {copies}, of another instance. "
                "What was written there since is not in it, and an apply does not restore it again: docs/recovery.md"
                "#databases-of-the-second-region."
            )


def _differences(address: str, before: Mapping[str, Any], declared: Mapping[str, Any]) -> Iterator[_Difference]:
    snapshot, asked = before.get(_SNAPSHOT), declared.get(_SNAPSHOT)
    if snapshot and snapshot != asked:
        yield _Difference(
            address=address,
            setting="documentdb_snapshot",
            made_from=str(snapshot),
            asked_for=str(asked or "the cluster of the global cluster"),
        )
    made, wanted = _restore(before), _restore(declared)
    if not made or not wanted:
        return
    if (made.get(_TIME) or None) != (wanted.get(_TIME) or None):
        yield _Difference(
            address=address,
            setting="postgres_time",
            made_from=f"{made.get(_BACKUPS)} to {made.get(_TIME) or _NEWEST}",
            asked_for=str(wanted.get(_TIME) or "the newest one"),
        )
    copies = str(wanted.get(_BACKUPS))
    if "${" not in copies and copies != made.get(_BACKUPS):
        yield _Difference(
            address=address,
            setting="postgres_backups",
            made_from=f"{made.get(_BACKUPS)} to {made.get(_TIME) or _NEWEST}",
            asked_for=copies,
        )


def _read(content: Mapping[str, Any], value: str) -> str | None:
    """What a reference to an output of another stack is now; None if it is not a reference, or not known.

    https://developer.hashicorp.com/terraform/internals/json-format#values-representation
    """
    found = next(references(value), None)
    if found is None or not found["remote"]:
        return None
    resources = content.get("prior_state", {}).get("values", {}).get("root_module", {}).get("resources", ())
    address = f"data.terraform_remote_state.{found['remote']}"
    values: Mapping[str, Any] = next((each["values"] for each in resources if each["address"] == address), {})
    output = (values.get("outputs") or {}).get(found["output"])
    return None if output is None else str(output)


def _restore(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    return next(iter(blocks(arguments.get(_RESTORE))), {})


def _other_origin_error(stack: Stack, found: list[_Difference]) -> RunnerError:
    name = stack.environment
    lift = (
        f"with the old values, set `protect_data = false` in [recovery.standby] and run "
        f"`make apply ENV={name} REGION={stack.region}`, then "
        if stack.is_protected
        else ""
    )
    return RunnerError(
        f"{stack.id} has databases that are made of something else: {'; '.join(map(str, found))}. A restore happens "
        f"once, so Terraform would change nothing, and {stack.region} would serve what is there.",
        f"To keep what is there: put the old values back into [recovery.fail_over] in environments/{name}.toml. To "
        f"restore again, which deletes what is there with all that was written to it: {lift}"
        f"`make destroy ENV={name} LAYER=service-{stack.region}` and `make destroy ENV={name} LAYER={stack.name}`; "
        "then set the new values, remove `protect_data = false`, and run "
        f"`make apply ENV={name} REGION={stack.region}` (docs/recovery.md#databases-of-the-second-region).",
    )
