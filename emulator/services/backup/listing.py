"""Lists of jobs, filtered as the API does."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from emulator.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from emulator.services.backup.records import Job
    from emulator.store import Shape

_SAME: Final = {
    "ByAccountId": "AccountId",
    "ByBackupVaultName": "BackupVaultName",
    "ByDestinationVaultArn": "DestinationBackupVaultArn",
    "ByMessageCategory": "MessageCategory",
    "ByParentJobId": "ParentJobId",
    "ByResourceArn": "ResourceArn",
    "ByResourceType": "ResourceType",
    "BySourceRecoveryPointArn": "SourceRecoveryPointArn",
    "ByState": "State",
    "ByStatus": "Status",
}
_TIMES: Final[Mapping[str, tuple[str, Callable[[dt.datetime, dt.datetime], bool]]]] = {
    "ByCompleteAfter": ("CompletionDate", lambda value, limit: value >= limit),
    "ByCompleteBefore": ("CompletionDate", lambda value, limit: value <= limit),
    "ByCreatedAfter": ("CreationDate", lambda value, limit: value >= limit),
    "ByCreatedBefore": ("CreationDate", lambda value, limit: value <= limit),
}
_MOST: Final = 1000


def jobs(member: str, found: Iterable[Job], params: Shape) -> Shape:
    """Return a page of the jobs that pass the filters of a request, the newest first."""
    shapes = [job.shape for job in found]
    return page(member, [shape for shape in reversed(shapes) if passes(shape, params)], params)


def page(member: str, found: Sequence[Shape], params: Shape) -> Shape:
    """Return what a request asks for with MaxResults, and NextToken if there is more."""
    token = params.get("NextToken") or "0"
    if not token.isdecimal():
        raise AwsError(code="InvalidParameterValueException", message=f"Invalid NextToken: {token}")
    start = int(token)
    end = start + int(params.get("MaxResults") or _MOST)
    return {member: list(found[start:end]), **({"NextToken": str(end)} if end < len(found) else {})}


def passes(shape: Shape, params: Shape) -> bool:
    """Whether a job or recovery point passes the filters of a request."""
    if any(params.get(name) not in {None, "*", shape.get(member)} for name, member in _SAME.items()):
        return False
    return all(
        params.get(name) is None or (member in shape and compare(shape[member], _naive(params[name])))
        for name, (member, compare) in _TIMES.items()
    )


def _naive(moment: Any) -> dt.datetime:
    """The moment of a request without its time zone, as those of the emulator are."""
    if isinstance(moment, int | float):
        moment = dt.datetime.fromtimestamp(moment, dt.UTC)
    elif isinstance(moment, str):
        moment = dt.datetime.fromisoformat(moment)
    read: dt.datetime = moment
    return read.astimezone(dt.UTC).replace(tzinfo=None) if read.tzinfo else read
