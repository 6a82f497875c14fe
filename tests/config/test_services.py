import pytest

from tests.config.examples import changed, parsed, refusal

SIZE = "cpu_units = 1024\nmemory_mib = 2048"


def test_production_has_the_sizes_of_the_design() -> None:
    services = parsed(changed()).services
    assert {name: service.min_count for name, service in services.items()} == {"frontend": 2, "backend": 2}
    assert sum(service.min_count * service.cpu_units for service in services.values()) == 4 * 1024
    assert sum(service.min_count * service.memory_mib for service in services.values()) == 8 * 1024


def test_a_third_service_is_one_more_table() -> None:
    toml = changed() + "\n[services.worker]\nmin_count = 0\nmax_count = 1\ncpu_units = 256\nmemory_mib = 512\n"
    assert list(parsed(toml).services) == ["frontend", "backend", "worker"]


def test_memory_that_the_cpu_cannot_have_is_told_with_the_nearest() -> None:
    assert refusal(changed((SIZE, "cpu_units = 1024\nmemory_mib = 2500"))) == [
        (
            "services.frontend.memory_mib = 2500: with cpu_units = 1024 Fargate has 2048 to 8192 MiB; "
            "the nearest is 2048 or 3072"
        )
    ]


def test_memory_that_another_cpu_can_have_is_told_with_that_cpu() -> None:
    assert refusal(changed((SIZE, "cpu_units = 256\nmemory_mib = 4096"))) == [
        (
            "services.frontend.memory_mib = 4096: with cpu_units = 256 Fargate has 512 to 2048 MiB; "
            "the nearest is 2048, or keep it with cpu_units = 512 or 1024 or 2048"
        )
    ]


def test_cpu_that_fargate_has_not_is_told_with_the_nearest() -> None:
    assert refusal(changed((SIZE, "cpu_units = 1000\nmemory_mib = 2048"))) == [
        (
            "services.frontend.cpu_units = 1000: Fargate has no task of this size; "
            "the nearest is 512 or 1024 (allowed: 256, 512, 1024, 2048, 4096, 8192, 16384)"
        )
    ]


def test_sixteen_vcpu_are_accepted() -> None:
    service = parsed(changed((SIZE, "cpu_units = 16384\nmemory_mib = 122880"))).services["frontend"]
    assert (service.cpu_units, service.memory_mib) == (16384, 122880)


def test_more_tasks_at_least_than_at_most_are_refused() -> None:
    assert refusal(changed(("min_count = 2", "min_count = 7"))) == [
        "services.frontend.min_count = 7: is more than max_count = 6; lower it or raise max_count"
    ]


def test_negative_counts_are_refused() -> None:
    toml = changed(("min_count = 2\nmax_count = 6", "min_count = -1\nmax_count = 0"))
    assert refusal(toml) == [
        "services.frontend.min_count = -1: must be 0 or more",
        "services.frontend.max_count = 0: must be 1 or more",
    ]


def test_more_tasks_than_a_service_can_have_are_refused() -> None:
    assert refusal(changed(("max_count = 6", "max_count = 5001"))) == [
        "services.frontend.max_count = 5001: must be 5000 or less"
    ]


@pytest.mark.parametrize("name", ["Frontend", "1st", "front_end", "front--end", "end-", '"front end"'])
def test_a_service_name_that_aws_names_cannot_have_is_refused(name: str) -> None:
    assert refusal(changed(("[services.frontend]", f"[services.{name}]"))) == [
        (f"services.{name}: is no service name; use small letters, digits and single hyphens, and start with a letter")
    ]


def test_a_long_service_name_is_refused() -> None:
    (line,) = refusal(changed(("[services.frontend]", f"[services.{'f' * 21}]")))
    assert line.endswith("has 21 characters; service names have 20 at most, for AWS's limits on names")
