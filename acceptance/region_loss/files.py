"""Markers in the bucket for backups, and in its copy."""

from __future__ import annotations

from dataclasses import dataclass, replace

from acceptance.region_loss.world import NAME, World
from config.buckets import BACKUPS, copy_name, source_name
from config.containers import backups_prefix


@dataclass(frozen=True)
class Files:
    """Files of the bucket for backups, written with the rights of the service and read by a person."""

    world: World
    service: str
    name: str = "a file in the bucket for backups"
    keeps_all: bool = True

    def write(self, region: str, text: str) -> str | None:
        """Add a file below the service's prefix."""
        key, bucket = f"{self._prefix}{text}", self._bucket(region)
        self.world.task(self.service, region).require_write(bucket, key)
        self.world.client("s3", region).put_object(Bucket=bucket, Key=key, Body=text.encode())
        return text

    def find(self, region: str) -> set[str]:
        """Read all files below it."""
        s3, bucket = self.world.client("s3", region), self._bucket(region)
        found = s3.list_objects_v2(Bucket=bucket, Prefix=self._prefix).get("Contents", ())
        return {s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read().decode() for one in found}

    @property
    def _prefix(self) -> str:
        return f"{backups_prefix(self.service)}{NAME}/"

    def _bucket(self, region: str) -> str:
        environment = self.world.environment
        names = replace(environment.names, region=region)
        return source_name(names, BACKUPS) if region == environment.region else copy_name(names, BACKUPS)
