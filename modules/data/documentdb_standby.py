"""DocumentDB in the second region while the first one serves: the secondary cluster of a global cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules.data.documentdb_base import DocumentdbBase

if TYPE_CHECKING:
    from constructs import Construct

    from config.documentdb import DocumentdbSettings
    from modules.data.database_context import DatabaseContext
    from modules.data.origins import SecondaryOf


class StandbyDocumentdb(DocumentdbBase):
    """A cluster that follows the one of another region, with the size, the backups and the protection of that one.

    Its users are those of the primary cluster, so it has no master, roles or parameters of its own.
    https://docs.aws.amazon.com/documentdb/latest/developerguide/global-clusters.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: DocumentdbSettings,
        context: DatabaseContext,
        origin: SecondaryOf,
        log_retention_days: int,
    ) -> None:
        super().__init__(scope, id_, config=config, context=context, log_retention_days=log_retention_days)
        self._add_cluster(master=None, origin=origin)
        self._watch()
