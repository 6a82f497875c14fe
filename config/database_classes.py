"""The instance classes that AWS offers for the two engines, so that an invalid one is found before Terraform runs.

AWS publishes them as web pages, not as data; these tables have the families and sizes of these pages:

- https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html
- https://docs.aws.amazon.com/documentdb/latest/developerguide/db-instance-classes.html

Not every region has every class: `aws rds describe-orderable-db-instance-options` lists those of one region.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

_BURSTABLE: Final = ("micro", "small", "medium", "large", "xlarge", "2xlarge")
_TO_16: Final = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge")
_TO_24: Final = (*_TO_16, "24xlarge")
_TO_32: Final = (*_TO_24, "32xlarge")
_TO_48: Final = (*_TO_24, "48xlarge")

_POSTGRES: Final[Mapping[str, tuple[str, ...]]] = {
    "t3": _BURSTABLE,
    "t4g": _BURSTABLE,
    "m5": _TO_24,
    "m5d": _TO_24,
    "m6g": _TO_16,
    "m6gd": _TO_16,
    "m6i": _TO_32,
    "m6id": _TO_32,
    "m6idn": _TO_32,
    "m6in": _TO_32,
    "m7g": _TO_16,
    "m7i": _TO_48,
    "m8g": _TO_48,
    "m8gd": _TO_48,
    "r5": _TO_24,
    "r5b": _TO_24,
    "r5d": _TO_24,
    "r6g": _TO_16,
    "r6gd": _TO_16,
    "r6i": _TO_32,
    "r6id": _TO_32,
    "r6idn": _TO_32,
    "r6in": _TO_32,
    "r7g": _TO_16,
    "r7i": _TO_48,
    "r8g": _TO_48,
    "r8gd": _TO_48,
    "x2g": _TO_16,
    "x2idn": ("16xlarge", "24xlarge", "32xlarge"),
    "x2iedn": ("xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge", "24xlarge", "32xlarge"),
}

_DOCUMENTDB: Final[Mapping[str, tuple[str, ...]]] = {
    "t3": ("medium",),
    "t4g": ("medium",),
    "r5": _TO_24,
    "r6g": _TO_16,
    "r6gd": _TO_16[1:],
    "r8g": _TO_16,
}


def _classes(families: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(f"db.{family}.{size}" for family, sizes in families.items() for size in sizes)


POSTGRES_CLASSES: Final = _classes(_POSTGRES)
DOCUMENTDB_CLASSES: Final = _classes(_DOCUMENTDB)


def instance_family(instance_class: str) -> str:
    """`t3` in `db.t3.medium`."""
    return instance_class.split(".")[1]


def validate_class(value: str, *, engine: str, classes: tuple[str, ...]) -> str:
    """Return the class if AWS offers it for the engine.

    Raises:
        ValueError: AWS does not offer it; the message has the nearest valid ones.
    """
    if value in classes:
        return value
    # If a family does not have the size, the family matters more than the size.
    family = [name for name in classes if name.split(".")[1] in value.split(".")]
    nearest = [*get_close_matches(value, family, n=2, cutoff=0.0), *get_close_matches(value, classes, n=3, cutoff=0.0)]
    nearest = list(dict.fromkeys(nearest))[:3]
    message = f"is not a valid instance class for {engine}; the nearest are {', '.join(nearest)}"
    raise ValueError(message)
