"""The tables [recovery.standby] and [recovery.fail_over], and what they need of others."""

import pytest

from tests.config.examples import parsed, present, refusal, standby, without

MODE = 'mode = "warm"'
REPLICA = "postgres_replica = true"
RELEASE = 'release = "release-2026-11-01"'
ORIGIN = 'origin = "public"'
SNAPSHOT = "arn:aws:rds:us-west-2:333333333333:cluster-snapshot:awsbackup:copyjob-1"
DATABASES = ("postgres", "documentdb")


def failed_over(settings: str = f'documentdb_snapshot = "{SNAPSHOT}"', *changes: tuple[str, str]) -> str:
    return f"{standby(*changes)}\n[recovery.fail_over]\n{settings}\n"


def assert_accepted(toml: str) -> None:
    assert parsed(toml).name == "prod"


def stateless(toml: str) -> str:
    """Without databases; the backend then needs none."""
    alone = without("postgres", "documentdb", "backups", toml=toml)
    for line in (
        'postgres_role = "backend" # who it signs in as; no two services share a role\n',
        'documentdb_role = "backend"\n',
        "writes_backups = true\n",
        'DATABASE_URL = "postgres/url" # that of its role\n',
        'DOCUMENTDB_URL = "documentdb/url"\n',
        "postgres_minutes = 60\n",
        "database_backup_hours = 30 # a backup each day, an hour to start it, five for it and its copy\n",
        f"{REPLICA} # seconds are lost, not minutes; costs as much as an instance\n",
    ):
        assert line in alone, line
        alone = alone.replace(line, "")
    return without("recovery.backup_plan", "recovery.drills", toml=alone)


@pytest.mark.parametrize("mode", ["pilot_light", "warm", "active"])
def test_each_mode_is_accepted_with_a_network_there(mode: str) -> None:
    recovery = present(parsed(standby((MODE, f'mode = "{mode}"'))).recovery)
    assert (recovery.mode, str(present(recovery.standby).network.cidr)) == (mode, "10.3.0.0/16")


def test_copies_alone_can_be_prepared_for_a_fail_over() -> None:
    assert present(parsed(standby((MODE, 'mode = "backup"'), (REPLICA, ""))).recovery).standby


@pytest.mark.parametrize("mode", ["pilot_light", "warm", "active"])
def test_what_stands_by_needs_a_network(mode: str) -> None:
    toml = without("recovery.standby", toml=standby((MODE, f'mode = "{mode}"')))
    toml = without("[recovery.standby.network.zones", toml=toml)
    (line,) = refusal(toml)
    assert line == (
        f'recovery.standby: is missing; mode = "{mode}" needs a network in the second region; add '
        "[recovery.standby.network]"
    )


def test_a_fail_over_needs_a_network() -> None:
    toml = without("recovery.standby", toml=failed_over().replace(MODE, 'mode = "backup"'))
    (line,) = refusal(toml)
    assert line == (
        "recovery.standby: is missing; [recovery.fail_over] needs a network in the second region; add "
        "[recovery.standby.network]"
    )


def test_without_copies_both_tables_are_in_vain() -> None:
    toml = failed_over().replace(MODE, 'mode = "none"').replace('region = "us-west-2"', "")
    toml = without("recovery.targets", toml=toml)
    instead = 'has no effect with mode = "none", which has no second region; remove it, or set mode = "backup"'
    assert refusal(toml)[:2] == [f"recovery.standby: {instead}", f"recovery.fail_over: {instead}"]


def test_a_replica_needs_a_mode_in_which_databases_run_there() -> None:
    (line,) = refusal(standby((MODE, 'mode = "backup"')))
    assert line == (
        'recovery.standby.postgres_replica = true: must not be set with mode = "backup", in which no database runs in '
        'the second region; remove it, or set mode = "pilot_light"'
    )


def test_a_replica_is_one_of_those_that_an_instance_can_have() -> None:
    (line,) = refusal(standby(("replicas = 0", "replicas = 15")))
    assert line.startswith("recovery.standby.postgres_replica = true: is one replica more than the 15 that")
    assert_accepted(standby(("replicas = 0", "replicas = 14")))


def test_a_replica_has_backups_which_rds_makes_from_version_14_on() -> None:
    (line,) = refusal(standby(("major_version = 17", "major_version = 13")))
    assert line == (
        "recovery.standby.postgres_replica = true: needs major_version = 14 or higher in [postgres]: RDS makes no "
        "backups of a replica of an earlier one; upgrade PostgreSQL, or remove this"
    )
    assert_accepted(standby(("major_version = 17", "major_version = 14")))


def test_a_replica_of_nothing_is_refused() -> None:
    toml = stateless(standby((MODE, 'mode = "active"'))).replace(RELEASE, f"{RELEASE}\n{REPLICA}")
    assert refusal(toml) == [
        "recovery.standby.postgres_replica = true: has no effect without [postgres]; add the table, or remove this"
    ]


@pytest.mark.parametrize("time", ["2026-01-31T14:05:00Z", "2028-02-29T23:59:59Z"])
def test_postgres_is_restored_to_a_second(time: str) -> None:
    toml = failed_over(f'documentdb_snapshot = "{SNAPSHOT}"\npostgres_time = "{time}"', (REPLICA, ""))
    assert present(present(parsed(toml).recovery).fail_over).postgres_time == time


@pytest.mark.parametrize(
    "time", ["2026-01-31 14:05:00", "2026-01-31T14:05:00+00:00", "2026-02-30T00:00:00Z", "2026-1-31T14:05:00Z", ""]
)
def test_another_form_of_a_time_is_refused(time: str) -> None:
    toml = failed_over(f'documentdb_snapshot = "{SNAPSHOT}"\npostgres_time = "{time}"', (REPLICA, ""))
    (line,) = refusal(toml)
    assert line == (
        f'recovery.fail_over.postgres_time = "{time}": is not a valid second in UTC; use one like '
        '"2026-01-31T14:05:00Z"'
    )


BACKUPS = "arn:aws:rds:us-west-2:333333333333:auto-backup:ab-abcdefghijklmnopqrstuvwxyz"


def test_postgres_is_restored_from_the_backups_that_are_named() -> None:
    toml = failed_over(f'documentdb_snapshot = "{SNAPSHOT}"\npostgres_backups = "{BACKUPS}"', (REPLICA, ""))
    assert present(present(parsed(toml).recovery).fail_over).postgres_backups == BACKUPS


@pytest.mark.parametrize("wrong", [BACKUPS.replace("us-west-2", "us-east-1"), BACKUPS.replace("3" * 12, "4" * 12)])
def test_the_backups_are_where_the_instance_will_be(wrong: str) -> None:
    toml = failed_over(f'documentdb_snapshot = "{SNAPSHOT}"\npostgres_backups = "{wrong}"', (REPLICA, ""))
    (line,) = refusal(toml)
    assert line.startswith("recovery.fail_over.postgres_backups = ")
    assert line.endswith(
        ": must be in us-west-2 and in the account 333333333333: an instance is restored from backups of its own "
        'region and account; use one like "arn:aws:rds:us-west-2:333333333333:auto-backup:ab-..."'
    )


@pytest.mark.parametrize("name", ["backups", "time"])
def test_a_replica_is_promoted_and_not_restored(name: str) -> None:
    """Without the replica Terraform would replace the instance there, and the master's password at home."""
    value = {"backups": BACKUPS, "time": "2026-01-31T14:05:00Z"}[name]
    (line,) = refusal(failed_over(f'documentdb_snapshot = "{SNAPSHOT}"\npostgres_{name} = "{value}"'))
    assert line.startswith(f"recovery.fail_over.postgres_{name} = ")
    assert line.endswith(
        ": has no effect with postgres_replica = true: the replica is promoted, with all that it has received; remove "
        "this; data of an earlier second is restored beside it, by hand: docs/recovery.md, "
        '"Databases of the second region"'
    )


FORMS = {
    "documentdb_snapshot": (
        'a recovery point of DocumentDB; use one like "arn:aws:rds:us-west-2:111111111111:cluster-snapshot:awsbackup:'
        'copyjob-...", which step 1 of "Fail over" in docs/region-loss.md prints'
    ),
    "postgres_backups": (
        'backups of RDS; use one like "arn:aws:rds:us-west-2:111111111111:auto-backup:ab-...", which step 1 of "Fail '
        'over" in docs/region-loss.md prints'
    ),
}


@pytest.mark.parametrize("wrong", ["", "awsbackup:copyjob-1", SNAPSHOT.replace("cluster-snapshot", "snapshot"), "None"])
@pytest.mark.parametrize("name", FORMS)
def test_another_form_of_an_arn_is_refused(name: str, wrong: str) -> None:
    settings = {"documentdb_snapshot": SNAPSHOT, name: wrong}
    lines = "\n".join(f'{key} = "{value}"' for key, value in settings.items())
    (line,) = refusal(failed_over(lines, (REPLICA, "")))
    assert line.startswith(f"recovery.fail_over.{name} = ")
    assert line.endswith(f": is not a valid ARN of {FORMS[name]}")


def test_documentdb_is_restored_from_a_recovery_point() -> None:
    (line,) = refusal(failed_over(""))
    assert line == (
        "recovery.fail_over.documentdb_snapshot: is missing; [documentdb] is restored from a recovery point in the "
        'second region; add one like "arn:aws:rds:us-west-2:333333333333:cluster-snapshot:awsbackup:copyjob-...", '
        'which step 1 of "Fail over" in docs/region-loss.md prints'
    )
    recovery = present(parsed(failed_over()).recovery)
    assert present(recovery.fail_over).documentdb_snapshot == SNAPSHOT


@pytest.mark.parametrize("wrong", [SNAPSHOT.replace("us-west-2", "us-east-1"), SNAPSHOT.replace("3" * 12, "4" * 12)])
def test_the_recovery_point_is_where_the_cluster_will_be(wrong: str) -> None:
    (line,) = refusal(failed_over(f'documentdb_snapshot = "{wrong}"'))
    assert line.startswith("recovery.fail_over.documentdb_snapshot = ")
    assert line.endswith(
        ": must be in us-west-2 and in the account 333333333333: a cluster is restored from a snapshot of its own "
        'region and account; use one like "arn:aws:rds:us-west-2:333333333333:cluster-snapshot:awsbackup:copyjob-..."'
    )


def test_a_global_cluster_has_the_data_already_unless_it_has_no_second_cluster() -> None:
    bigger = (
        '[documentdb]\nengine_version = "5.0.0"\ninstance_class = "db.t3.medium"',
        ('[documentdb]\nengine_version = "5.0.0"\nglobal_cluster = true\ninstance_class = "db.r6g.large"'),
    )
    assert_accepted(failed_over("", bigger))
    (line,) = refusal(failed_over(f'documentdb_snapshot = "{SNAPSHOT}"', bigger))
    assert "has no effect with global_cluster = true" in line
    copies_only = ((MODE, 'mode = "backup"'), (REPLICA, ""), bigger)
    assert_accepted(failed_over(f'documentdb_snapshot = "{SNAPSHOT}"', *copies_only))
    assert "is missing" in refusal(failed_over("", *copies_only))[0]


def test_what_is_about_a_database_needs_it() -> None:
    toml = stateless(standby((MODE, 'mode = "active"')))
    settings = (
        f'documentdb_snapshot = "{SNAPSHOT}"\npostgres_time = "2026-01-31T14:05:00Z"\npostgres_backups = "{BACKUPS}"'
    )
    backups, time, snapshot = refusal(f"{toml}\n[recovery.fail_over]\n{settings}\n")
    assert time == (
        'recovery.fail_over.postgres_time = "2026-01-31T14:05:00Z": has no effect without [postgres]; remove it'
    )
    assert backups.startswith("recovery.fail_over.postgres_backups = ")
    assert backups.endswith(": has no effect without [postgres]; remove it")
    assert snapshot.startswith("recovery.fail_over.documentdb_snapshot = ")
    assert snapshot.endswith(": has no effect without [documentdb]; remove it")


@pytest.mark.parametrize("toml", [failed_over(), standby((MODE, 'mode = "active"'))], ids=["fail_over", "active"])
def test_users_get_a_release_and_not_the_placeholder(toml: str) -> None:
    (line,) = refusal(toml.replace(RELEASE, ""))
    assert line.startswith("recovery.standby.release: is missing; with ")
    assert "the placeholder in frontend, backend; set the tag of a release" in line
    asleep = toml.replace(RELEASE, "").replace("min_count = 2", "min_count = 0")
    assert_accepted(asleep)


def test_what_only_stands_by_may_run_the_placeholder() -> None:
    assert present(present(parsed(standby((RELEASE, ""))).recovery).standby).release is None


@pytest.mark.parametrize("tag", ["", "release 1", "-release", "x" * 129])
def test_a_release_is_a_tag(tag: str) -> None:
    assert refusal(standby((RELEASE, f'release = "{tag}"')))[0].endswith(
        ": is not a valid tag of an image; use up to 128 letters, digits and _ . -, without . or - at the start, like "
        '"release-20260131T140500Z-0123456789ab"'
    )


def test_warm_runs_something() -> None:
    toml = standby().replace("[services.frontend]", "[services.frontend]\nwrites_backups = true")
    (line,) = refusal(toml)
    assert line == (
        'recovery.mode = "warm": runs the services that need no data, and each service here uses a database or the '
        'bucket of [backups]; set mode = "pilot_light"'
    )
    assert_accepted(toml.replace(MODE, 'mode = "pilot_light"'))


def test_one_name_for_all_paths_leads_to_one_region() -> None:
    toml = without("edge", toml=standby((MODE, 'mode = "active"')))
    (line,) = refusal(toml)
    assert line == (
        'recovery.mode = "active": leads one name to both regions for all paths, and backend may run in one only, '
        'where the data is; add [edge], which chooses by the path, or set mode = "warm"'
    )
    assert_accepted(stateless(toml))


def test_active_answers_something_from_both_regions() -> None:
    toml = standby((MODE, 'mode = "active"')).replace(
        "[services.frontend]", "[services.frontend]\nwrites_backups = true"
    )
    (line,) = refusal(toml)
    assert line.startswith(
        'recovery.mode = "active": answers users from both regions where no data is needed, and each'
    )


@pytest.mark.parametrize("mode", ["pilot_light", "warm", "active"])
def test_cloudfront_reaches_both_regions_by_one_name(mode: str) -> None:
    (line,) = refusal(standby((MODE, f'mode = "{mode}"'), (ORIGIN, 'origin = "vpc"')))
    assert line == (
        f'edge.origin = "vpc": must be "public" with mode = "{mode}" in [recovery]: a VPC origin leads to the load '
        "balancer of one region, and CloudFront changes to another origin for GET, HEAD and OPTIONS only; set "
        'origin = "public"'
    )


def test_a_fail_over_needs_it_too() -> None:
    toml = failed_over().replace(MODE, 'mode = "backup"').replace(REPLICA, "").replace(ORIGIN, "")
    (line,) = refusal(toml)
    assert line.startswith('edge.origin = "vpc": must be "public" with [recovery.fail_over] in [recovery]')


def test_a_site_that_is_left_out_cannot_fail_over() -> None:
    (line,) = refusal(failed_over().replace("delegated = true", "delegated = false"))
    assert line.startswith(
        "recovery.fail_over: has nothing to serve: the services are left out while delegated = false"
    )


def test_the_networks_share_no_addresses() -> None:
    (line,) = refusal(standby().replace("10.3.", "10.0."))
    assert line == (
        'recovery.standby.network.cidr = "10.0.0.0/16": overlaps the environment\'s own network, 10.0.0.0/16, so the '
        'two could not be connected; use another block, like "10.1.0.0/16"'
    )


def test_the_zones_are_those_of_the_second_region() -> None:
    (line,) = refusal(standby(('id = "usw2-az2"', 'id = "use1-az2"')))
    assert line.startswith(
        'recovery.standby.network.zones[1].id = "use1-az2": is not in the region "us-west-2"; this prints the ids'
    )


def test_a_new_network_was_never_written_with_names_of_zones() -> None:
    (line,) = refusal(standby(('id = "usw2-az2"', 'id = "usw2-az2"\nformerly = "us-west-2b"')))
    assert line.startswith('recovery.standby.network.zones[1].formerly = "us-west-2b": has no effect')


def test_what_the_layers_need_of_a_place_is_asked_of_the_second_one() -> None:
    toml = (
        standby(
            ("[recovery]", "[recovery]\ncopies_leave_jurisdiction = true"),
            ('region = "us-west-2"', 'region = "ap-northeast-1"'),
        )
        .replace("usw2-az1", "apne1-az3")
        .replace("usw2-az2", "apne1-az1")
    )
    lines = refusal(toml)
    assert [line.partition(":")[0] for line in lines] == ['recovery.standby.network.zones[0].id = "apne1-az3"']
    assert "has no Fargate" in lines[0]


def test_endpoints_replace_the_internet_there_as_at_home() -> None:
    toml = standby(
        ('nat_gateways = "single"', 'nat_gateways = "none"'), ('nat_gateway_zone = "usw2-az1"\n', "")
    ).replace('nat_gateways = "none"', 'nat_gateways = "none"\ninterface_endpoints = ["ecr.api", "ecr.dkr", "logs"]')
    assert all(line.startswith("recovery.standby.network.interface_endpoints = ") for line in refusal(toml))
