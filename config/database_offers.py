"""Which of the instance classes and versions AWS sells where: what it does not sell is found before Terraform runs.

AWS publishes the classes of a region as prices, not as a page, and adds to them. So the tables list what a region does
not have; a class that they leave out can still be missing, and `make preflight` asks AWS itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from config.database_classes import DOCUMENTDB_CLASSES, POSTGRES_CLASSES, instance_family
from config.errors import Problem

_POSTGRES_MISSING: Final[Mapping[str, str]] = {
    "af-south-1": "m6gd m6id m6idn m6in m7g m7i m8gd r5b r6gd r6id r6idn r6in r7g r7i r8g x2g x2idn x2iedn",
    "ap-east-1": "m6id m6idn m6in m7g m7i m8gd r5b r6gd r6id r6idn r6in r7i x2g x2idn x2iedn",
    "ap-northeast-1": "x2g x2idn x2iedn",
    "ap-northeast-2": "m6id m6idn m6in m8gd r5b r6gd r6id r6idn r6in x2g x2idn x2iedn",
    "ap-northeast-3": "m6id m6idn m6in m7i m8g m8gd r5b r6id r6idn r6in r7i r8gd x2g x2idn x2iedn",
    "ap-south-1": "m6id m6idn m6in m8gd r5b r6id r6idn r6in r8gd x2g x2idn x2iedn",
    "ap-south-2": "m5d m6id m6idn m6in m7i m8gd r5b r5d r6gd r6i r6id r6idn r6in r7i r8gd x2g x2idn x2iedn",
    "ap-southeast-1": "m6id m6idn m6in m8gd r6id r6idn r6in r8gd x2g x2idn x2iedn",
    "ap-southeast-2": "m6idn m6in r5b r6idn r6in x2g",
    "ap-southeast-3": "m6id m6idn m6in m8g m8gd r5b r6i r6id r6idn r6in x2g x2idn x2iedn",
    "ap-southeast-4": "m5d m6i m6id m6idn m6in m8g m8gd r5b r5d r6gd r6i r6id r6idn r6in r7g r7i r8gd x2g x2idn x2iedn",
    "ap-southeast-5": "m5 m5d m6idn m6in r5 r5b r5d r6idn r6in x2g x2idn x2iedn",
    "ap-southeast-7": "m5 m5d m6idn m6in m7i m8g m8gd r5 r5b r5d r6idn r6in r7i r8g r8gd x2g x2idn x2iedn",
    "ca-central-1": "m6id m6idn m6in m8g r5b r6id r6idn r6in x2g",
    "ca-west-1": "m5 m5d m6idn m6in m7g m7i m8gd r5 r5b r5d r6gd r6idn r6in r7i r8g t4g x2g x2idn x2iedn",
    "eu-central-1": "m6idn m6in r6idn r6in x2g",
    "eu-central-2": "m5d m6i m6id m6idn m6in m7i m8gd r5b r5d r6i r6id r6idn r6in r7i r8gd x2g x2idn x2iedn",
    "eu-north-1": "m6id m6idn m6in m8gd r5b r6gd r6id r6idn r6in r8gd x2g",
    "eu-south-1": "m6id m6idn m6in m7g m7i m8gd r5b r6gd r6id r6idn r6in r8g r8gd x2g",
    "eu-south-2": "m5d m6i m6id m6idn m6in r5b r5d r6i r6id r6idn r6in x2g x2idn x2iedn",
    "eu-west-1": "r5b",
    "eu-west-2": "m6id m6idn m6in r5b r6gd r6id r6idn r6in x2g x2idn x2iedn",
    "eu-west-3": "m6id m6idn m6in m8gd r5b r6id r6idn r6in r7g r8gd x2g x2idn x2iedn",
    "il-central-1": "m5d m6id m6idn m6in m7i m8g m8gd r5b r5d r6idn r6in r7i r8g r8gd x2g x2idn x2iedn",
    "me-central-1": "m6i m6id m6idn m6in m7i m8g m8gd r5b r6gd r6i r6id r6idn r6in r7g r7i r8g r8gd x2g x2idn x2iedn",
    "me-south-1": "m6id m6idn m6in m7i m8g m8gd r5b r6gd r6id r6idn r6in r7i r8g r8gd x2g x2idn x2iedn",
    "mx-central-1": "m5 m5d m6idn m6in m8g m8gd r5 r5b r5d r6idn r6in r8gd x2g x2idn x2iedn",
    "sa-east-1": "m6gd m6id m6idn m6in r5b r6gd r6id r6idn r6in x2g x2idn x2iedn",
    "us-west-1": "m6id m6idn m6in m8gd r5b r6id r6idn r6in x2g x2idn x2iedn",
}
"""Families without a price for PostgreSQL in a region; a region that is not listed has all of them.

https://aws.amazon.com/rds/postgresql/pricing/
"""

_DOCUMENTDB_MISSING: Final[Mapping[str, str]] = {
    "af-south-1": "r6gd r8g",
    "ap-east-1": "r6gd",
    "ap-south-2": "r6gd r8g",
    "ap-southeast-5": "r5 r8g",
    "ap-southeast-7": "r5 r8g",
    "eu-south-1": "r6gd r8g",
    "il-central-1": "r6gd r8g",
    "me-central-1": "r6gd r8g",
    "mx-central-1": "r5 r8g",
}
"""The same for DocumentDB: https://aws.amazon.com/documentdb/pricing/"""

DOCUMENTDB_5_ONLY: Final = ("r6gd", "r8g")
"""Families that DocumentDB 4.0 does not have.

https://docs.aws.amazon.com/documentdb/latest/developerguide/docdb-engine-version-supportability.html
"""

OLDEST_MINORS: Final[Mapping[int, int]] = {13: 23, 14: 18, 15: 13, 16: 9, 17: 5}
"""The oldest minor version of each major one of which RDS still creates an instance.

https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
"""


@dataclass(frozen=True, kw_only=True)
class Engine:
    """A database engine and where its classes are missing."""

    name: str
    """What messages call it."""

    code: str
    """What the API calls it."""

    classes: tuple[str, ...]
    missing: Mapping[str, str]

    def is_offered(self, instance_class: str, region: str) -> bool:
        """Whether the region may have the class."""
        return instance_family(instance_class) not in self.missing.get(region, "").split()

    def families(self, region: str) -> tuple[str, ...]:
        """The families that a region may have, in alphabetical order."""
        return tuple(sorted({instance_family(one) for one in self.classes if self.is_offered(one, region)}))


POSTGRES: Final = Engine(name="PostgreSQL", code="postgres", classes=POSTGRES_CLASSES, missing=_POSTGRES_MISSING)
DOCUMENTDB: Final = Engine(name="DocumentDB", code="docdb", classes=DOCUMENTDB_CLASSES, missing=_DOCUMENTDB_MISSING)


def check_postgres_class(region: str, postgres__instance_class: str | None) -> Iterator[Problem]:
    """The region has the class of PostgreSQL."""
    yield from class_problems(POSTGRES, postgres__instance_class, region, key="postgres.instance_class")


def check_documentdb_class(region: str, documentdb__instance_class: str | None) -> Iterator[Problem]:
    """The region has the class of DocumentDB."""
    yield from class_problems(DOCUMENTDB, documentdb__instance_class, region, key="documentdb.instance_class")


def check_drill_classes(
    recovery__region: str | None,
    postgres: object,
    documentdb: object,
    recovery__drills__postgres_class: str | None,
    recovery__drills__documentdb_class: str | None,
) -> Iterator[Problem]:
    """The second region has the classes of the databases that a drill restores."""
    if recovery__region is None:
        return
    if postgres is not None:
        key = "recovery.drills.postgres_class"
        yield from class_problems(POSTGRES, recovery__drills__postgres_class, recovery__region, key=key)
    if documentdb is not None:
        key = "recovery.drills.documentdb_class"
        yield from class_problems(DOCUMENTDB, recovery__drills__documentdb_class, recovery__region, key=key)


def class_problems(engine: Engine, instance_class: str | None, region: str, *, key: str) -> Iterator[Problem]:
    """A problem if the region does not have the class."""
    if instance_class is not None and not engine.is_offered(instance_class, region):
        yield Problem(
            key=key,
            value=instance_class,
            allowed=f"is not offered for {engine.name} in {region}; use a class of "
            f"{_join_or(engine.families(region))}. What AWS offers there: "
            f"aws {'rds' if engine is POSTGRES else 'docdb'} describe-orderable-db-instance-options "
            f"--engine {engine.code} --region {region}",
        )


def check_documentdb_version_class(engine_version: str, instance_class: str) -> Iterator[Problem]:
    """Newer families need a newer version of DocumentDB."""
    if engine_version.startswith("4.") and instance_family(instance_class) in DOCUMENTDB_5_ONLY:
        others = [one for one in DOCUMENTDB.families("") if one not in DOCUMENTDB_5_ONLY]
        yield Problem(
            key="instance_class",
            value=instance_class,
            allowed=f'is not offered with engine_version = "{engine_version}"; use a class of {_join_or(others)}, or '
            'engine_version = "5.0.0"',
        )


def check_postgres_minor(engine_version: str | None) -> Iterator[Problem]:
    """RDS creates no instance of a minor version that it has deprecated, and upgrades those that exist."""
    if engine_version is None:
        return
    major, minor = map(int, engine_version.split("."))
    oldest = OLDEST_MINORS.get(major)
    if oldest is not None and minor < oldest:
        yield Problem(
            key="engine_version",
            value=engine_version,
            allowed="is deprecated: RDS creates no instance of it, and upgrades those that exist; "
            f'use "{major}.{oldest}" or newer, or remove the line: then minor versions are upgraded automatically',
        )


def _join_or(names: tuple[str, ...] | list[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]
