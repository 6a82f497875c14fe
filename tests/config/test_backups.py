from tests.config.examples import changed, parsed, present, refusal

TIERING = "intelligent_tiering_after_days = 0"
LOCKED = f"{TIERING}\nobject_lock_days = 30"


def test_locked_backups_are_a_setting() -> None:
    assert present(parsed(changed()).backups).object_lock_days is None
    assert present(parsed(changed((TIERING, LOCKED))).backups).object_lock_days == 30


def test_locked_backups_without_protected_data_are_refused() -> None:
    lines = refusal(changed((TIERING, LOCKED), ("protect_data = true", "protect_data = false")))
    # The locks of the trail and of the vaults are reported too, for the same reason.
    assert lines[1] == (
        "backups.object_lock_days = 30: must not be set where protect_data = false, because locked objects cannot "
        "be destroyed; remove it, or set protect_data = true"
    )
