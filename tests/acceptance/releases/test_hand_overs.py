from __future__ import annotations

import threading

from acceptance.releases.hand_overs import HandOvers

DIGESTS = {"backend": "repository@sha256:1"}


def test_an_environment_gets_the_release_of_another_one() -> None:
    hand_overs = HandOvers(("staging", "prod"))
    found: list[dict[str, str]] = []
    waiting = threading.Thread(target=lambda: found.append(hand_overs.wait_for_release("staging")))
    waiting.start()
    hand_overs.release("staging", DIGESTS)
    waiting.join()
    assert found == [DIGESTS]


def test_one_that_ends_without_a_release_keeps_nobody_waiting() -> None:
    hand_overs = HandOvers(("staging", "prod"))
    hand_overs.end("staging")
    assert hand_overs.wait_for_release("staging") == {}
    hand_overs.wait_for_end("staging")


def test_nobody_waits_for_an_environment_that_is_not_in_the_run() -> None:
    hand_overs = HandOvers(("staging",))
    assert not hand_overs.takes_part("prod")
    hand_overs.wait_for_end("prod")
    hand_overs.end("prod")


def test_an_interrupt_ends_the_waiting() -> None:
    assert HandOvers(("staging",), cancelled=lambda: True).wait_for_release("staging") == {}
