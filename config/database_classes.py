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


_BURSTABLE_MIB: Final[Mapping[str, int]] = {
    "micro": 1024,
    "small": 2048,
    "medium": 4096,
    "large": 8192,
    "xlarge": 16_384,
    "2xlarge": 32_768,
}
_XLARGE_MIB: Final[Mapping[str, int]] = {"m": 16_384, "r": 32_768, "x2g": 65_536, "x2idn": 65_536, "x2iedn": 131_072}
"""Memory of the size xlarge, by the family or by its first letter; the other sizes have a multiple of it.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
"""

_CREDITS_PER_HOUR: Final[Mapping[str, int]] = {
    "micro": 12,
    "small": 24,
    "medium": 24,
    "large": 36,
    "xlarge": 96,
    "2xlarge": 192,
}
"""The same for t3 and t4g.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-credits-baseline-concepts.html
"""


def instance_family(instance_class: str) -> str:
    """`t3` in `db.t3.medium`."""
    return instance_class.split(".")[1]


def memory_mib(instance_class: str) -> int:
    """Memory of an instance as AWS lists it; the database has less, because the system needs some."""
    family, size = instance_class.split(".")[1:]
    if family.startswith("t"):
        return _BURSTABLE_MIB[size]
    of_xlarge = _XLARGE_MIB.get(family) or _XLARGE_MIB[family[0]]
    if size == "large":
        return of_xlarge // 2
    return of_xlarge * int(size.removesuffix("xlarge") or 1)


def cpu_credits_per_hour(instance_class: str) -> int | None:
    """CPU credits that a burstable instance earns in an hour; None for a class that has no credits."""
    family, size = instance_class.split(".")[1:]
    return _CREDITS_PER_HOUR[size] if family.startswith("t") else None


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
