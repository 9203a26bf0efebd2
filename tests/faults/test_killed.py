"""The server is killed while people save their answers: what was acknowledged is there, and nothing twice."""

from __future__ import annotations

from opstap.acts import trail
from tests.faults.served import Site, faults, people, save_while_killed
from tests.world import World

SAVES, KILLS = 100, 2


def test_every_acknowledged_answer_survives_a_server_that_is_killed(world: World) -> None:
    filling = people(world, 6)
    with Site(world.moment) as site:
        counts = save_while_killed(site, filling, SAVES, KILLS, seed=1)
    assert (counts["acknowledged"], counts["kills"], counts["refused"]) == (SAVES, KILLS, 0)
    assert faults(filling) == []
    verdict = trail.verify()
    assert verdict.intact, verdict

    # The count itself notices an answer that went missing, and a save that was written twice.
    person = next(one for one in filling if one.saves[-1].acknowledged)
    kept, person.saves[-1].value = person.saves[-1].value, "another"
    assert len(faults([person])) == 1
    person.saves[-1].value = kept
    person.saves = [save for save in person.saves if save.acknowledged][1:]
    assert len(faults([person])) == 1
