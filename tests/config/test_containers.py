import pytest

from config.containers import PLATFORM_BYTES
from tests.config.examples import changed, parsed, refusal


def worker(*lines: str, memory: int = 512) -> str:
    head = ["[services.worker]", "min_count = 0", "max_count = 1", "cpu_units = 256", f"memory_mib = {memory}"]
    return changed() + "\n".join(["", *head, *lines, ""])


@pytest.mark.parametrize("path", ["/tmp/../etc", "/.", "/a/..", "tmp", "/"])  # noqa: S108 (in a container)
def test_a_writable_path_is_absolute_and_goes_nowhere_else(path: str) -> None:
    (line,) = refusal(worker(f'writable_paths = ["{path}"]'))
    assert 'is not a valid absolute path without "." and ".."' in line


@pytest.mark.parametrize("path", ["/var/cache/nginx", "/a/.cache", "/a/..b", "/dev/shm"])  # noqa: S108 (in a container)
def test_other_absolute_paths_are_accepted(path: str) -> None:
    assert parsed(worker(f'writable_paths = ["{path}"]')).services["worker"].writable_paths == (path,)


@pytest.mark.parametrize("path", ["/proc", "/proc/sys", "/sys/fs", "/dev"])
def test_folders_of_the_kernel_are_refused(path: str) -> None:
    (line,) = refusal(worker(f'writable_paths = ["{path}"]'))
    assert "must not be in /proc, /sys, /dev, which belong to the kernel; use another folder" in line


@pytest.mark.parametrize("path", ["/bin", "/usr", "/usr/bin", "/usr/local/lib/node_modules", "/etc", "/etc/ssl/certs"])
def test_folders_that_hide_the_programs_of_the_image_are_refused(path: str) -> None:
    (line,) = refusal(worker(f'writable_paths = ["{path}"]'))
    assert line.startswith(f'services.worker.writable_paths[0] = "{path}": is empty at each start and would hide what')


@pytest.mark.parametrize("path", ["/etc/nginx/conf.d", "/usr/share/nginx/html", "/usr/src/app/tmp", "/library", "/app"])
def test_folders_in_which_images_keep_what_they_write_are_accepted(path: str) -> None:
    assert parsed(worker(f'writable_paths = ["{path}"]')).services["worker"].writable_paths == (path,)


@pytest.mark.parametrize("port", [2000, 4317, 4318, 8888, 13133])
def test_a_port_of_the_collector_is_refused_beside_it(port: int) -> None:
    toml = worker(f"port = {port}", memory=1024)
    assert parsed(toml).services["worker"].port == port
    (line,) = refusal(toml + "tracing = true\n")
    assert line.startswith(f"services.worker.port = {port}: is a port of the collector, which tracing = true starts")


def test_a_path_twice_is_refused() -> None:
    assert refusal(worker('writable_paths = ["/run", "/run"]')) == [
        'services.worker.writable_paths[1] = "/run": is listed twice; remove one'
    ]


def test_a_folder_of_the_agent_of_shells_is_refused_where_shells_are_on() -> None:
    toml = worker('writable_paths = ["/managed-agents"]')
    assert parsed(toml).services["worker"].writable_paths == ("/managed-agents",)
    assert refusal(toml.replace("execute_command = false", "execute_command = true")) == [
        (
            'services.worker.writable_paths[0] = "/managed-agents": is writable already, '
            "because cluster.execute_command = true; remove it"
        )
    ]


@pytest.mark.parametrize("user", ["nginx", "0", "0:0", "root", "1000:nginx"])
def test_a_user_that_is_not_a_number_or_is_root_is_refused(user: str) -> None:
    (line,) = refusal(worker(f'user = "{user}"'))
    assert "is not a valid user id" in line


def test_writable_folders_and_the_collector_leave_memory_to_the_application() -> None:
    assert refusal(worker('writable_paths = ["/tmp", "/run"]', "writable_mib = 65", "tracing = true")) == [
        (
            "services.worker.writable_mib = 65: times 2 writable_paths is more than half of memory_mib = 512, "
            "which includes them, of which the collector of tracing gets 256; lower it"
        )
    ]
    enough = parsed(worker('writable_paths = ["/tmp", "/run"]', "writable_mib = 64", "tracing = true"))
    assert enough.services["worker"].writable_mib == 64


@pytest.mark.parametrize("table", ["environment", "parameters"])
def test_the_variable_of_the_authorities_is_set_for_services_with_databases(table: str) -> None:
    value = "jwt/current" if table == "parameters" else "/a.pem"
    role = 'secrets = { HOST = "postgres/host" }'
    (line,) = refusal(worker(role, f'{table} = {{ NODE_EXTRA_CA_CERTS = "{value}" }}'))
    assert line == (
        f'services.worker.{table}.NODE_EXTRA_CA_CERTS = "{value}": is "/etc/ssl/certs/databases.pem" in a service with '
        "databases, whose urls name the same file; put the authorities there in the image, and remove the line"
    )
    own = parsed(worker('environment = { NODE_EXTRA_CA_CERTS = "/a.pem" }')).services["worker"]
    assert own.environment == {"NODE_EXTRA_CA_CERTS": "/a.pem"}


@pytest.mark.parametrize("table", ["environment", "parameters"])
@pytest.mark.parametrize("name", ["BACKUPS_BUCKET", "BACKUPS_PREFIX"])
def test_the_variables_of_the_backups_are_set_for_services_that_write_some(table: str, name: str) -> None:
    value = "jwt/current" if table == "parameters" else "own"
    named = f'{table} = {{ {name} = "{value}" }}'
    assert refusal(worker("writes_backups = true", named)) == [
        f'services.worker.{table}.{name} = "{value}": is set by the setting writes_backups; remove the line'
    ]
    assert parsed(worker(named)).services["worker"].writes_backups is False


def test_a_task_definition_that_ecs_would_refuse_is_refused_with_its_size() -> None:
    most = 65_536 - PLATFORM_BYTES - len('"LARGE"') - len('""')
    fits = parsed(worker(f'environment = {{ LARGE = "{"x" * most}" }}')).services["worker"]
    assert len(fits.environment["LARGE"]) == most
    (line,) = refusal(worker(f'environment = {{ LARGE = "{"x" * (most + 1)}" }}'))
    assert line == (
        "services.worker.environment: makes a task definition of at least 65537 bytes, and ECS allows 65536; "
        f"put long texts into the image or a bucket (the longest is environment.LARGE, {most + 1} bytes)"
    )


def test_a_command_counts_too() -> None:
    (line,) = refusal(worker(f'command = ["{"x" * 65_536}"]'))
    assert line.startswith("services.worker.command: makes a task definition of at least")
