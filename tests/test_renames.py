"""What changes its address needs a `moved` block; what is new, or gone, does not."""

from __future__ import annotations

from itertools import product

from tests.renames import Rename, Stack, accepted, renames

LISTED = {
    "dev-data": ["aws_s3_bucket.files", "aws_kms_key.data"],
    "prod-data": ["aws_s3_bucket.files", "aws_kms_key.data"],
    "prod-edge": ["aws_wafv2_web_acl.site"],
}
NEW = "aws_s3_bucket.archive_files_F8CD4B6A"


def emitted(moved: dict[str, str] | None = None, **addresses: list[str]) -> dict[str, Stack]:
    lists = {id_: addresses.get(id_.replace("-", "_"), before) for id_, before in LISTED.items()}
    made = {}
    for id_, lines in lists.items():
        environment, _, name = id_.partition("-")
        made[id_] = Stack(environment, name, lines, moved or {})
    return made


def test_what_stays_is_no_rename() -> None:
    assert renames(LISTED, emitted()) == []


def test_a_rename_names_both_addresses_and_the_lines_to_add() -> None:
    (found,) = renames(LISTED, emitted(dev_data=[NEW, "aws_kms_key.data"], prod_data=[NEW, "aws_kms_key.data"]))
    assert found == Rename("data", "aws_s3_bucket.files", NEW, "data", ("dev", "prod"))
    assert f'stack = "data"\nfrom = "aws_s3_bucket.files"\nto = "{NEW}"\n' in str(found)
    assert "Add to stacks/moves.toml" in str(found)
    assert 'make snapshot NEVER_APPLIED="aws_s3_bucket.files"' in str(found)


def test_a_moved_block_covers_it_also_over_several_steps() -> None:
    now = [NEW, "aws_kms_key.data"]
    assert renames(LISTED, emitted({"aws_s3_bucket.files": NEW}, dev_data=now, prod_data=now)) == []
    steps = {"aws_s3_bucket.files": "aws_s3_bucket.between", "aws_s3_bucket.between": NEW}
    assert renames(LISTED, emitted(steps, dev_data=now, prod_data=now)) == []
    wrong = {"aws_s3_bucket.files": "aws_s3_bucket.elsewhere"}
    assert renames(LISTED, emitted(wrong, dev_data=now))


def test_a_circle_of_moves_ends() -> None:
    circle = {"aws_s3_bucket.files": "aws_s3_bucket.b", "aws_s3_bucket.b": "aws_s3_bucket.files"}
    assert renames(LISTED, emitted(circle, dev_data=[NEW, "aws_kms_key.data"]))


def test_what_is_only_new_or_only_gone_is_no_rename() -> None:
    assert renames(LISTED, emitted(dev_data=["aws_kms_key.data"])) == []
    assert renames(LISTED, emitted(dev_data=[*LISTED["dev-data"], "aws_s3_bucket.more"])) == []
    assert renames(LISTED, emitted(dev_data=["aws_s3_bucket.files", "aws_sns_topic.data"])) == []


def test_of_several_new_ones_the_most_alike_is_meant() -> None:
    now = ["aws_kms_key.data", "aws_s3_bucket.images", NEW]
    (found,) = renames(LISTED, emitted(dev_data=now))
    assert found.target == NEW


def test_a_move_to_another_stack_says_removed_and_import() -> None:
    (found,) = renames(
        LISTED, emitted(prod_data=["aws_kms_key.data"], prod_edge=["aws_wafv2_web_acl.site", "aws_s3_bucket.files"])
    )
    assert (found.stack, found.target_stack) == ("data", "edge")
    assert '"removed"' in str(found)
    assert "import_from" in str(found)


def test_another_environment_is_never_where_it_went() -> None:
    assert renames(LISTED, emitted(dev_data=["aws_kms_key.data"], prod_edge=["aws_s3_bucket.files"])) == []


def test_what_was_never_applied_is_named_one_by_one() -> None:
    now = emitted(dev_data=[NEW, "aws_kms_key.other"])
    (found,) = renames(LISTED, now, never_applied=["aws_s3_bucket.files"])
    assert found.origin == "aws_kms_key.data"


def test_a_snapshot_takes_what_is_new_and_never_hides_a_rename() -> None:
    """However often it is written."""
    for key, bucket in product(("aws_kms_key.data", "aws_kms_key.other"), ("aws_s3_bucket.files", NEW)):
        stacks = emitted(dev_data=[key, bucket, "aws_sns_topic.new"])
        first = renames(LISTED, stacks)
        lists = accepted(LISTED, stacks, first)
        assert "aws_sns_topic.new" in lists["dev-data"]
        for _ in range(2):
            again = renames(lists, stacks)
            assert again == first
            lists = accepted(lists, stacks, again)
        if not first:
            assert lists == {id_: sorted(stack.addresses) for id_, stack in stacks.items()}
