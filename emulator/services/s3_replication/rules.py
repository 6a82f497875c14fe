"""Which rules of a replication document are about an object.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-add-config.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ENABLED = "Enabled"


def rules_for_object(document: Mapping[str, Any], item: Any, tags: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """Return one rule for each destination, the one with the highest priority.

    An object that is encrypted with a KMS key needs a rule that selects such objects; without one it is not copied, and
    has no status.
    """
    found = [rule for rule in _enabled(document) if _selects(rule, item.name, tags)]
    if item.encryption in {"aws:kms", "aws:kms:dsse"}:
        found = [rule for rule in found if _selects_kms(rule)]
    return list(_by_destination(found).values())


def rules_for_marker(document: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Return the rules by which a delete marker is copied: the first version of the document copies all."""
    found = [rule for rule in _enabled(document) if _selects(rule, key, {}) and _copies_markers(rule)]
    return list(_by_destination(found).values())


def _enabled(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return (rule for rule in document["Rules"] if rule["Status"] == _ENABLED)


def _by_destination(rules: list[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {rule["Destination"]["Bucket"]: rule for rule in sorted(rules, key=lambda one: int(one.get("Priority", 0)))}


def _selects(rule: Mapping[str, Any], key: str, tags: Mapping[str, str]) -> bool:
    chosen = rule.get("Filter") or {}
    both = chosen.get("And") or {}
    prefix = chosen.get("Prefix") or both.get("Prefix") or rule.get("Prefix") or ""
    wanted = [*([chosen["Tag"]] if "Tag" in chosen else ()), *(both.get("Tags") or ())]
    return key.startswith(prefix) and all(tags.get(tag["Key"]) == tag["Value"] for tag in wanted)


def _selects_kms(rule: Mapping[str, Any]) -> bool:
    criteria = (rule.get("SourceSelectionCriteria") or {}).get("SseKmsEncryptedObjects") or {}
    return bool(criteria.get("Status") == _ENABLED)


def _copies_markers(rule: Mapping[str, Any]) -> bool:
    return "Filter" not in rule or (rule.get("DeleteMarkerReplication") or {}).get("Status") == _ENABLED
