"""AWS KMS: moto's replica of a multi-Region key shares the primary's settings."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from moto.kms.models import kms_backends

from emulator.registry import Context, after

if TYPE_CHECKING:
    from emulator.store import Shape


@after("kms", "ReplicateKey")
def give_replica_its_own_settings(params: Shape, context: Context) -> None:
    """Give a replica its own description, policy, tags and key type.

    moto copies the key but not the dict of its multi-Region settings, so that the primary becomes a replica too.
    It also ignores the tags, for which the provider then waits without end.
    """
    identifier = params["KeyId"].rsplit("/", maxsplit=1)[-1]
    backend = context.backend(kms_backends, params["ReplicaRegion"])
    replica = backend.keys[identifier]
    replica.multi_region_configuration = copy.deepcopy(replica.multi_region_configuration)
    replica.multi_region_configuration["MultiRegionKeyType"] = "REPLICA"
    if "Description" in params:
        replica.description = params["Description"]
    if params.get("Policy"):
        replica.policy = params["Policy"]
    tags = {tag["TagKey"]: tag["TagValue"] for tag in params.get("Tags") or ()}
    backend.tagger.delete_all_tags_for_resource(identifier)
    backend.tag_resource(identifier, tags)
