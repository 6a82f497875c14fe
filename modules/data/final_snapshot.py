"""The name of a database's final snapshot, which no other database of that name has used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf import DataResource, Fn
from constructs import Construct

from modules.label import NameLimit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modules.label import Label

_DIGITS: Final = 8


class FinalSnapshot(Construct):
    """A name with a random end that is in the state, new for each database.

    The snapshot stays when its database is deleted, so with one name for ever the second deletion is refused:
    `DBSnapshotAlreadyExists`, for DocumentDB `DBClusterSnapshotAlreadyExistsFault`.
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html
    https://docs.aws.amazon.com/documentdb/latest/developerguide/API_DeleteDBCluster.html

    AWS gets the name at the deletion only, so a changed name changes nothing on a database that exists.
    """

    def __init__(
        self, scope: Construct, id_: str, *, label: Label, name: str, replaced_with: Mapping[str, str]
    ) -> None:
        """Create the name.

        Args:
            label: Names it.
            name: The start of the name.
            replaced_with: What replaces the database when it changes: the new one then gets a new name.
        """
        super().__init__(scope, id_)
        # Built into Terraform, so it needs no provider; its id is a random UUID.
        random = DataResource(self, "Default", triggers_replace=dict(replaced_with))
        self.name = f"{label.name(name, limit=NameLimit.FINAL_SNAPSHOT)}-{Fn.substr(random.id, 0, _DIGITS)}"
