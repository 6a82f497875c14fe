"""`make rotate`: new credentials now, instead of at the next rotation by schedule.

It calls the function that rotates them. What can be rotated is in the synthesized JSON, so that a mistake is found
before anything is called. No answer of a function has a secret in it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from console.table import table
from runner import sleeping
from runner.errors import FAILED, OK, RunnerError
from runner.functions import FunctionFailedError, NotAppliedError, UnreachableError, call_function

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from synthesis.manifest import Rotation, Stack

JWT: Final = "jwt"
KINDS: Final = ("documentdb", JWT, "postgres")
_TABLES: Final = {"documentdb": "[documentdb]", JWT: "[secrets]", "postgres": "[postgres]"}
_RUNBOOK: Final = "docs/runbooks.md#database-rotation"
# The longest time of a call: https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
_CALL_SECONDS: Final = 900
_FORCED: Final = "1"
_OLD_TASKS: Final = "OldTasksError"
_BUSY: Final = "BusyError"
_STOPPED: Final = "StoppedError"


@dataclass(frozen=True, kw_only=True)
class _Request:
    """What a person asks for, after all checks."""

    environment: str
    what: str
    role: str | None
    force: bool
    function: Rotation
    region: str
    layer: str
    stands_by: bool

    @property
    def event(self) -> dict[str, object]:
        """What the function gets."""
        if self.what == JWT:
            return {"action": "rotate", **({"force": True} if self.force else {})}
        return {"action": "rotate", **({"role": self.role} if self.role else {}), "force": self.force}

    def command(self, *, force: bool = False) -> str:
        """The command that asks for it again."""
        words = [f"ENV={self.environment}", f"WHAT={self.what}"]
        words += [f"ROLE={self.role}"] if self.role else []
        words += [f"REGION={self.region}"] if self.stands_by else []
        return " ".join(["make rotate", *words, *(["FORCE=1"] if force else [])])


def rotate(
    stacks: Mapping[str, Stack],
    what: str | None,
    role: str | None,
    force: str | None,
    region: str | None = None,
    *,
    say: Callable[[str], None] = print,
) -> int:
    """Replace credentials of an environment now: of a database's roles, or the secret that signs JWTs.

    With a region, by the function of the databases there; without, by the one at home.

    Raises:
        RunnerError: Something else can be rotated, the environment sleeps, the function cannot be called, or it failed.
    """
    request = _request(stacks, what, role, force, region)
    if request.what != JWT:
        sleeping.refuse_stopped_databases(stacks, warn=lambda line: print(line, file=sys.stderr))
    told = _call(request)
    lines = _describe_jwt(request, told) if request.what == JWT else _describe_roles(request, told)
    say("\n".join(lines))
    return OK


def _request(
    stacks: Mapping[str, Stack], what: str | None, role: str | None, force: str | None, region: str | None
) -> _Request:
    environment = next(iter(stacks.values())).environment
    found = {name: (entry, stack) for stack in _rotating(stacks, region) for name, entry in stack.rotations.items()}
    where = f"{environment} in {region}" if region else environment
    if not what:
        message = "WHAT is missing."
        raise RunnerError(message, f"For example: make rotate ENV={environment} WHAT=postgres")
    if what not in KINDS:
        message = f"WHAT={what} is not something to rotate; {_allowed(what, KINDS)}."
        raise RunnerError(message, f"In {where} there is: {_joined(found)}.")
    if what not in found:
        message = f"WHAT={what}: {where} has no {_TABLES[what]}."
        if what == JWT and region:
            message = f"WHAT={JWT}: the secret that signs JWTs is rotated by the first region only."
        raise RunnerError(message, f"What can be rotated there: {_joined(found)}.")
    if force not in (None, "", _FORCED):
        message = f"FORCE={force} is not valid: it must be 1, or left out."
        raise RunnerError(message, "What it does: docs/data.md#rotation")
    function, stack = found[what]
    request = _Request(
        environment=environment,
        what=what,
        role=role or None,
        force=force == _FORCED,
        function=function,
        region=stack.region,
        layer=stack.name,
        stands_by=stack.stands_by,
    )
    if request.role and what == JWT:
        message = f"ROLE={role} is not valid with WHAT={JWT}: only databases have roles."
        raise RunnerError(message, f"Leave it out: make rotate ENV={environment} WHAT={JWT}")
    if request.role and request.role not in function.roles:
        allowed = _allowed(request.role, function.roles)
        message = f"ROLE={role} is not a role of {what} in {environment} with a password; {allowed}."
        raise RunnerError(
            message,
            f"Leave it out for all of them. Roles are in environments/{environment}.toml, [{what}.roles.<name>].",
        )
    return request


def _rotating(stacks: Mapping[str, Stack], region: str | None) -> list[Stack]:
    """The stacks that rotate something: those at home, or those of a region.

    Raises:
        RunnerError: Nothing can be rotated in that region.
    """
    rotating = [stack for stack in stacks.values() if stack.rotations]
    if not region:
        return [stack for stack in rotating if not stack.stands_by]
    there = [stack for stack in rotating if stack.region == region]
    if not there:
        message = f"REGION={region}: nothing can be rotated there."
        regions = _joined({stack.region: None for stack in rotating})
        raise RunnerError(message, f"Regions with something to rotate: {regions}. Without REGION it is the first one.")
    return there


def _call(request: _Request) -> dict[str, Any]:
    name = request.function.function
    try:
        return call_function(name, request.event, region=request.region, seconds=_CALL_SECONDS)
    except NotAppliedError:
        message = f"The function that rotates {request.what} of {request.environment} is not applied yet."
        raise RunnerError(
            message, f"Apply it first: make apply ENV={request.environment} LAYER={request.layer}"
        ) from None
    except UnreachableError as error:
        message = f"Cannot call the function that rotates {request.what} of {request.environment}: {error}."
        raise RunnerError(message, f"It needs the AWS CLI, and credentials that may invoke {name}.") from None
    except FunctionFailedError as error:
        message = f"{request.what} of {request.environment}: {error.reason.rstrip('.')}."
        raise RunnerError(message, _remedy(request, error.kind), exit_code=FAILED) from None


def _remedy(request: _Request, kind: str) -> str:
    """What to do after the function has failed."""
    if kind == _OLD_TASKS:
        return (
            "Two ways out. Release these services, wait until the tasks are gone, and repeat: "
            f"{request.command()}\n"
            f"Or, if the tasks may lose the database: {request.command(force=True)}\n"
            f"Why: {_RUNBOOK}"
        )
    if kind == _STOPPED:
        return f"To wake it: make wake ENV={request.environment}. Then repeat: {request.command()}"
    if kind == _BUSY:
        return f"Repeat it in a minute: {request.command()}"
    log = f"aws logs tail /aws/lambda/{request.function.function} --since 15m --region {request.region}"
    what_to_do = "docs/runbooks.md#dead-letters" if request.what == JWT else _RUNBOOK
    return f"Its log: {log}. What to do: {what_to_do}"


def _describe_jwt(request: _Request, told: Mapping[str, Any]) -> list[str]:
    if told["outcome"] == "too-young":
        message = (
            f"jwt/current of {request.environment} (version {told['version']}) was replaced less than half a period "
            "ago, so nothing was changed: tokens that the secret before it has signed are still in use."
        )
        raise RunnerError(
            message,
            "After a leak, rotate all the same, twice, so that neither of the two is left: "
            f"{request.command(force=True)}",
        )
    return [
        f"jwt/current of {request.environment} is replaced: version {told['version']}. The one before is jwt/previous.",
        (
            "Services that read both at run time need nothing. "
            f"After a leak, rotate once more, so that the old one is in neither: {request.command(force=True)}"
        ),
    ]


def _describe_roles(request: _Request, told: Mapping[str, Any]) -> list[str]:
    roles: Mapping[str, Mapping[str, Any]] = told["roles"]
    rotated = [str(name) for name in told.get("rotated", ())]
    rows = [("role", "its url names", "next rotation")]
    for name, role in sorted(roles.items()):
        due = _time(role["due"]) if role["due"] else ("no password" if role["login"] else "-")
        rows.append((name, role["login"] or "unset", due))
    did = f"{told['outcome']}: {', '.join(rotated)}" if rotated else str(told["outcome"])
    lines = [f"{request.what} of {request.environment}: {did}.", table(rows)]
    dues = sorted(_time(roles[name]["due"]) for name in rotated)
    if dues:
        lines += [
            "Running tasks that read the url when they started have the other login, valid until the next rotation.",
            f"Release each service before {dues[0]}, so that its new tasks read the new url.",
        ]
    return lines


def _time(text: object) -> str:
    """A time of an answer as people read it."""
    return f"{datetime.fromisoformat(str(text)).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _allowed(value: str, choices: Sequence[str]) -> str:
    close = get_close_matches(value, choices, n=1)
    allowed = ", ".join(sorted(choices))
    return f"did you mean {close[0]}? Allowed: {allowed}" if close else f"allowed: {allowed}"


def _joined(names: Mapping[str, object]) -> str:
    return ", ".join(sorted(names)) or "nothing"
