from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from config import fargate

# As in the table of the AWS page, in GB.
PAIRS_GB: dict[int, list[float]] = {
    256: [0.5, 1, 2],
    512: [1, 2, 3, 4],
    1024: [2, 3, 4, 5, 6, 7, 8],
    2048: list(range(4, 17)),
    4096: list(range(8, 31)),
    8192: [16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60],
    16384: [32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120],
}
PAIRS = {(cpu_units, int(gb * 1024)) for cpu_units, sizes in PAIRS_GB.items() for gb in sizes}


def test_only_the_sizes_of_the_table_are_valid() -> None:
    sizes = product(PAIRS_GB, (gb * 512 for gb in range(300)))
    assert {size for size in sizes if fargate.is_valid(*size)} == PAIRS


@given(st.integers(), st.integers())
def test_no_other_size_is_valid(cpu_units: int, memory_mib: int) -> None:
    assert fargate.is_valid(cpu_units, memory_mib) == ((cpu_units, memory_mib) in PAIRS)


@given(st.sampled_from(sorted(PAIRS_GB)), st.integers())
def test_the_nearest_sizes_are_valid_and_none_lies_between(cpu_units: int, memory_mib: int) -> None:
    nearest = fargate.nearest_memory_mib(cpu_units, memory_mib)
    assert all(fargate.is_valid(cpu_units, near) for near in nearest)
    distance = min(abs(near - memory_mib) for near in nearest)
    assert distance == min(abs(mib - memory_mib) for cpu, mib in PAIRS if cpu == cpu_units)


@given(st.integers())
def test_the_nearest_cpu_units_exist(cpu_units: int) -> None:
    nearest = fargate.nearest_cpu_units(cpu_units)
    assert min(abs(near - cpu_units) for near in nearest) == min(abs(cpu - cpu_units) for cpu in PAIRS_GB)


def test_the_cpu_units_that_can_have_a_memory_size_are_found() -> None:
    assert fargate.cpu_units_with(4096) == (512, 1024, 2048)
    assert fargate.cpu_units_with(4097) == ()
