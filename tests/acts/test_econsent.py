"""Electronic consent: understood, signed by two, proved by a sheet; given item by item, and anew."""

import hashlib
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from opstap.acts import amending, clock, consents, inviting, measures, protocols, recruitment, signing, understanding
from opstap.acts.keys import LinkSpent
from opstap.acts.letters import read_letter
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.sight import consents as study_sight
from opstap.acts.sight.journey import journey
from opstap.acts.sight.participant import deciding
from opstap.acts.words import contact_of
from opstap.domain.access import Role
from opstap.domain.journey import NotNow
from opstap.domain.protocol import Protocol, load
from opstap.store.models import AnswerSheet, ComprehensionAnswer, Consent, Correction, Screening, Signature, TwoAnswers
from tests.world import World

NEEDED = ["questionnaires", "data"]
TRIED = {"guidance": "same", "who_sees": "coach"}


@pytest.fixture
def thinking(rentree: World):
    """Someone in Rentree who had a week to think about the study."""
    participant = rentree.informed()
    rentree.later(days=8)
    with clock.at(rentree.moment):
        yield rentree, rentree.fresh(participant)


def agree(world: World, participant, kind: str = "study", items=NEEDED, **more) -> Consent:
    return consents.record_consent(
        by=world.account_of(participant), participant=participant, kind=kind, items=items,
        **{"signature": "P. Proef", **more},
    )  # fmt: skip


def changed(version: str = "1.1", form: str = "2") -> Protocol:
    """The protocol of Rentree with another passage in the study's form."""
    raw = load("rentree").model_dump(mode="json", by_alias=True)
    raw["version"] = version
    raw["consents"][1]["version"] = form
    for language in ("nl", "en"):
        raw["texts"][language]["consents"]["study"]["passages"]["privacy"]["text"] = "Andere woorden."
    return Protocol.model_validate(raw)


class TestUnderstanding:
    def test_a_wrong_answer_is_kept_and_stops_nobody(self, thinking) -> None:
        world, participant = thinking
        own = world.account_of(participant)
        with pytest.raises(Refused) as refusal:
            agree(world, participant)
        assert refusal.value.field == "questions"
        wrong = understanding.check_understanding(by=own, participant=participant, kind="study", answers=TRIED)
        assert wrong == ["who_sees"]
        assert agree(world, participant).decision == "agreed"
        assert set(ComprehensionAnswer.objects.values_list("question", "right")) == {
            ("guidance", True), ("who_sees", False),
        }  # fmt: skip
        seen = journey(world.person(Role.COORDINATOR), participant.pseudonym)
        assert [passage for passage, _question in seen.unclear] == ["Wie ziet mijn antwoorden?"]

    @pytest.mark.parametrize(
        ("kind", "answers", "field"),
        [
            ("breakfast", TRIED, "kind"),
            ("study", {}, "guidance"),
            ("study", {"who_sees": "perhaps"}, "who_sees"),
            ("study", {"lot": "lot"}, "lot"),
            ("programme", {}, ""),
        ],
    )
    def test_what_was_not_asked_is_refused(self, thinking, kind: str, answers, field: str) -> None:
        world, participant = thinking
        own = world.account_of(participant)
        with pytest.raises(Refused) as refusal:
            understanding.check_understanding(by=own, participant=participant, kind=kind, answers=answers)
        assert refusal.value.field == field

    def test_nothing_is_asked_before_the_information(self, rentree: World) -> None:
        participant = rentree.screened()
        own = rentree.account_of(participant)
        with pytest.raises(NotNow):
            understanding.check_understanding(by=own, participant=participant, kind="study", answers=TRIED)


class TestSigning:
    def test_both_sign_and_both_keep_the_same_sheet(self, thinking) -> None:
        world, participant = thinking
        world.understand(participant, "study")
        consent = agree(world, participant)
        coordinator = world.person(Role.COORDINATOR)
        assert [one.number for one in study_sight.consents_of(coordinator)[0].waiting] == [consent.pk]
        row, shown = study_sight.to_sign(coordinator, consent.pk)
        assert dict(shown.items)["Ik wil drie keer een vragenlijst invullen."] is True
        evidence = signing.countersign(by=coordinator, consent=row, name="  C.   Proef ")
        theirs, fingerprint = deciding.own_sheet(world.account_of(participant), "study")
        assert theirs == study_sight.signed_sheet(coordinator, consent.pk)
        assert hashlib.sha256(theirs).hexdigest() == fingerprint == evidence.sha256
        assert theirs.startswith(b"%PDF")
        assert study_sight.consents_of(coordinator)[0].waiting_in_all == 0
        with pytest.raises(Refused, match="al ondertekend|signed already"):
            signing.countersign(by=coordinator, consent=row, name="C. Proef")

    def test_the_sheet_says_what_was_read_and_decided(self, thinking, monkeypatch) -> None:
        drawn: list[str] = []
        monkeypatch.setattr(signing.letter, "pdf", lambda page: drawn.append(page) or b"%PDF")
        world, participant = thinking
        own = world.account_of(participant)
        understanding.check_understanding(by=own, participant=participant, kind="study", answers=TRIED)
        consent = agree(world, participant, items=[*NEEDED, "sharing"])
        signing.countersign(by=world.person(Role.COORDINATOR), consent=consent, name="Coördinator Proef")
        [page] = drawn
        for words in (
            "Meedoen is vrij.",
            "Ziet je coach je antwoorden?",
            "P. Proef",
            "Coördinator Proef",
            consent.text_hash,
        ):
            assert words in page
        assert page.count("<td>ja</td>") + page.count("<td>yes</td>") == 3

    def test_nobody_signs_without_a_name_or_where_nothing_was_signed(self, thinking) -> None:
        world, participant = thinking
        coordinator = world.person(Role.COORDINATOR)
        refused = agree(world, participant, items=[])
        with pytest.raises(Refused):
            signing.countersign(by=coordinator, consent=refused, name="C. Proef")
        world.understand(participant, "study")
        with pytest.raises(Refused) as refusal:
            signing.countersign(by=coordinator, consent=agree(world, participant), name=" ")
        assert refusal.value.field == "name"
        with pytest.raises(NotHere):
            deciding.own_sheet(world.account_of(participant), "study")
        with pytest.raises(NotHere):
            study_sight.signed_sheet(coordinator, refused.pk)

    def test_without_pango_it_says_so_and_nothing_is_signed(self, thinking, monkeypatch) -> None:
        def missing(_page: str) -> bytes:
            raise signing.letter.NoPango

        monkeypatch.setattr(signing.letter, "pdf", missing)
        world, participant = thinking
        world.understand(participant, "study")
        consent = agree(world, participant)
        with pytest.raises(Refused, match="(?i)pdf"):
            signing.countersign(by=world.person(Role.COORDINATOR), consent=consent, name="C. Proef")
        assert Signature.objects.get(consent=consent).role == "participant"

    @pytest.mark.parametrize(
        ("more", "field"), [({"signature": " "}, "signature"), ({"signature": "P" * 121}, "signature")]
    )
    def test_an_online_consent_needs_a_name(self, thinking, more, field: str) -> None:
        world, participant = thinking
        world.understand(participant, "study")
        with pytest.raises(Refused) as refusal:
            agree(world, participant, **more)
        assert refusal.value.field == field

    def test_what_came_on_paper_or_at_the_desk_is_marked_as_such(self, thinking, monkeypatch) -> None:
        drawn: list[str] = []
        monkeypatch.setattr(signing.letter, "pdf", lambda page: drawn.append(page) or b"%PDF")
        world, participant = thinking
        given = {"by": world.person(Role.COORDINATOR), "participant": participant, "items": NEEDED}
        with pytest.raises(Refused) as refusal:
            consents.record_consent(kind="study", channel="online", signature="P. Proef", **given)
        assert refusal.value.field == "channel"
        with pytest.raises(Refused) as refusal:
            consents.record_consent(kind="study", channel="paper", signed_on=date(2027, 1, 1), **given)
        assert refusal.value.field == "signed_on"
        paper = consents.record_consent(kind="study", channel="paper", signed_on=date(2026, 3, 9), **given)
        assert (paper.channel, paper.signatures.get().on_paper) == ("paper", date(2026, 3, 9))
        signing.countersign(by=given["by"], consent=paper, name="C. Proef")
        assert "9 maart 2026" in drawn[0]
        desk = consents.record_consent(
            kind="programme", channel="desk", signature="P. Proef", **(given | {"items": ["coach"]})
        )
        assert (desk.channel, desk.signatures.get().on_paper) == ("desk", None)

    def test_a_signature_is_never_changed(self, thinking) -> None:
        world, participant = thinking
        world.understand(participant, "study")
        agree(world, participant)
        with pytest.raises(DatabaseError), transaction.atomic():
            Signature.objects.update(role="professional")


class TestItems:
    def test_each_is_given_or_taken_back_by_itself(self, thinking) -> None:
        world, participant = thinking
        world.understand(participant, "study")
        agree(world, participant, items=[*NEEDED, "sharing"])
        own = world.account_of(participant)
        assert consents.agrees_to(participant, "study", "data_sharing")
        made = consents.change_items(by=own, participant=participant, kind="study", items=["linkage"])
        assert (made.items["sharing"], made.items["linkage"], made.items["data"]) == (False, True, True)
        assert not consents.agrees_to(participant, "study", "data_sharing")
        assert not consents.agrees_to(participant, "study", "partner")
        assert world.fresh(participant).participation.state == "consented"
        at_desk = consents.change_items(
            by=world.person(Role.COORDINATOR), participant=participant, kind="study", items=[]
        )
        assert (made.channel, at_desk.channel) == ("online", "desk")

    @pytest.mark.parametrize("items", [["data"], ["breakfast"], []])
    def test_a_condition_is_left_by_leaving_only(self, thinking, items) -> None:
        world, participant = thinking
        world.understand(participant, "study")
        agree(world, participant)
        with pytest.raises(Refused) as refusal:
            consents.change_items(by=world.account_of(participant), participant=participant, kind="study", items=items)
        assert refusal.value.field == "items"

    def test_there_must_be_something_to_change(self, thinking) -> None:
        world, participant = thinking
        own = world.account_of(participant)
        assert not consents.agrees_to(participant, "study", "linkage")
        with pytest.raises(Refused):
            consents.change_items(by=own, participant=participant, kind="study", items=["linkage"])
        with pytest.raises(NotHere):
            deciding.free_items(own, "study")


class TestAnotherVersion:
    @pytest.fixture
    def amended(self, thinking):
        """Someone in the study whose form has got other words since."""
        world, participant = thinking
        world.understand(participant, "study")
        agree(world, participant, "programme", ["coach"])
        agree(world, participant)
        study = amending.amend_consent(by=world.person(Role.STEWARD), study=world.study, protocol=changed())
        participant.study = study
        return world, world.fresh(participant)

    def test_everyone_keeps_what_they_agreed_to_and_is_asked_anew(self, amended) -> None:
        world, participant = amended
        own, coordinator = world.account_of(participant), world.person(Role.COORDINATOR)
        assert [form.kind for form in deciding.to_decide(participant)] == ["study"]
        form = deciding.consent(own, "study")
        assert (form.again, form.can_decide, form.decided_version, form.version) == (True, True, "1", "2")
        assert [one.id for one in form.passages if one.changed] == ["privacy"]
        [older] = study_sight.consents_of(coordinator)[0].older
        assert (older.version, older.now, older.declined) == ("1", "2", False)
        assert journey(coordinator, participant.pseudonym).renewable == ("study",)
        world.understand(participant, "study")
        assert agree(world, participant).form_version == "2"
        assert study_sight.consents_of(coordinator)[0].older == []
        assert deciding.to_decide(participant) == []
        with pytest.raises(Refused):
            agree(world, participant)

    def test_saying_no_leaves_standing_what_stood(self, amended) -> None:
        world, participant = amended
        own = world.account_of(participant)
        assert agree(world, participant, items=[]).decision == "refused"
        assert world.fresh(participant).participation.state == "consented"
        form = deciding.consent(own, "study")
        assert (form.decision, form.again, form.renewable, form.decided_version) == ("agreed", False, True, "1")
        [older] = study_sight.consents_of(world.person(Role.COORDINATOR))[0].older
        assert older.declined
        made = consents.change_items(by=own, participant=participant, kind="study", items=["sharing"])
        assert made.form_version == "1"
        world.understand(participant, "study")
        assert agree(world, participant).decision == "agreed"

    def test_who_left_is_asked_nothing(self, amended) -> None:
        world, participant = amended
        own = world.account_of(participant)
        consents.withdraw(by=own, participant=participant)
        participant = world.fresh(participant)
        assert study_sight.consents_of(world.person(Role.COORDINATOR))[0].older == []
        assert deciding.to_decide(participant) == []
        with pytest.raises(Refused):
            agree(world, participant)

    def test_a_passage_that_is_new_is_marked(self, amended) -> None:
        world, participant = amended
        later = changed("1.2", "3")
        later.consents[1].passages.append("money")
        for language in ("nl", "en"):
            later.texts[language]["consents"]["study"]["passages"]["money"] = {"title": "Geld", "text": "Gratis."}
        participant.study = amending.amend_consent(by=world.person(Role.STEWARD), study=world.study, protocol=later)
        form = deciding.consent(world.account_of(participant), "study")
        assert [one.id for one in form.passages if one.changed] == ["privacy", "money"]

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ({"version": "1.0"}, "version|versie"),
            ({"form": "1"}, "study"),
        ],
    )
    def test_words_never_change_under_the_same_version(self, rentree: World, change, says: str) -> None:
        with pytest.raises(Refused, match=says):
            amending.amend_consent(by=rentree.person(Role.STEWARD), study=rentree.study, protocol=changed(**change))

    def test_more_than_consent_is_another_amendment(self, rentree: World) -> None:
        raw = changed().model_dump(mode="json", by_alias=True)
        raw["study"]["target"] = 1
        protocol = Protocol.model_validate(raw)
        with pytest.raises(Refused):
            amending.amend_consent(by=rentree.person(Role.STEWARD), study=rentree.study, protocol=protocol)
        assert protocols.protocol_of(rentree.study).version == "1.0"


class TestErasing:
    def test_who_stops_everything_leaves_no_answer_and_no_name(self, steps: World) -> None:
        participant = steps.baseline()
        measurement = steps.measurement(participant, "t0")
        sheet = AnswerSheet.objects.filter(measurement=measurement, questionnaire="background").get()
        with clock.at(steps.moment):
            coordinator, own = steps.person(Role.COORDINATOR), steps.account_of(participant)
            measures.correct_answer(
                by=coordinator,
                measurement=measurement,
                questionnaire="background",
                item="age",
                value=44,
                reason="Typfout",
            )
            TwoAnswers.objects.create(
                measurement=measurement, questionnaire="background", item="age", standing=44, standing_at=steps.moment,
                other=45, other_at=steps.moment,
            )  # fmt: skip
            with pytest.raises(Refused):
                consents.withdraw(by=own, participant=participant, answers="perhaps")
            consents.withdraw(by=own, participant=participant, answers="erase")
        participant = steps.fresh(participant)
        sheet.refresh_from_db()
        assert sheet.answers == {}
        assert Correction.objects.values_list("old", "new").get() == (None, None)
        assert TwoAnswers.objects.values_list("standing", "other").get() == ("", "")
        assert all(not one.answers and not any(v["reason"] for v in one.verdicts) for one in Screening.objects.all())
        assert participant.participation.erased_on == steps.moment.date()
        assert contact_of(participant).name == "…"
        assert not participant.identity.user.is_active
        assert Consent.objects.filter(participant=participant, decision="agreed").count() == 2

    def test_a_running_programme_keeps_its_person(self, rentree: World) -> None:
        participant = rentree.baseline()
        with clock.at(rentree.moment):
            consents.withdraw(by=rentree.account_of(participant), participant=participant, answers="erase")
        participant = rentree.fresh(participant)
        assert contact_of(participant).name != "…"
        assert participant.identity.user.is_active

    def test_a_correction_still_cannot_be_changed(self, rentree: World) -> None:
        participant = rentree.baseline()
        with clock.at(rentree.moment + timedelta(minutes=1)):
            measures.correct_answer(
                by=rentree.person(Role.COORDINATOR), measurement=rentree.measurement(participant, "t0"),
                questionnaire="background", item="age", value=44, reason="Typfout",
            )  # fmt: skip
        for change in ({"new": 45}, {"old": None, "new": None, "item": "sex"}):
            with pytest.raises(DatabaseError), transaction.atomic():
                Correction.objects.update(**change)


class TestAtHome:
    def link(self, world: World, participant) -> str:
        with clock.at(world.moment):
            mail = inviting.invite_to_decide(by=world.person(Role.COORDINATOR), participant=participant)
        found = read_letter(mail)
        assert "kanker" not in found["subject"] + found["text"]
        return found["text"].split("/link/")[1].split("/")[0]

    def test_a_link_works_once_and_can_be_replaced(self, steps: World, rentree: World) -> None:
        for world in (steps, rentree):
            participant = world.fresh(world.informed())
            token = self.link(world, participant)
            assert inviting.open_invitation(token) == world.account_of(participant)
            with pytest.raises(LinkSpent):
                inviting.open_invitation(token)
            inviting.invite_again(token)
            assert participant.mails.filter(kind="deciding").count() == 2
        inviting.invite_again("never-was")

    def test_it_expires_and_closes_with_the_account(self, steps: World) -> None:
        participant = steps.fresh(steps.informed())
        token = self.link(steps, participant)
        with clock.at(steps.moment + timedelta(days=15)), pytest.raises(LinkSpent):
            inviting.open_invitation(token)
        for bad in (token, "never-was"):
            participant.identity.user.is_active = False
            participant.identity.user.save()
            with pytest.raises(LinkSpent):
                inviting.open_invitation(bad)

    def test_only_who_was_informed_and_can_be_mailed(self, steps: World) -> None:
        coordinator = steps.person(Role.COORDINATOR)
        with pytest.raises(NotNow):
            inviting.invite_to_decide(by=coordinator, participant=steps.screened())
        participant = steps.informed()
        participant.no_screen = True
        participant.save()
        with pytest.raises(Refused):
            inviting.invite_to_decide(by=coordinator, participant=participant)
        gone = steps.informed()
        token = self.link(steps, gone)
        recruitment.decline(by=coordinator, participant=gone, reason="too_busy")
        inviting.invite_again(token)
        assert gone.mails.count() == 1
