"""The professional's signature under a consent, and the sheet with both signatures that proves it."""

from __future__ import annotations

import base64
import hashlib

from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opstap.acts import clock
from opstap.acts.act import act, record
from opstap.acts.doors import Actor, allow
from opstap.acts.protocols import version_of
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.words import seal, unseal
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.domain.protocol import Protocol
from opstap.paper import letter, proof
from opstap.store.models import ComprehensionAnswer, Consent, ConsentEvidence, Signature


@act
def countersign(*, by: Actor, consent: Consent, name: str) -> ConsentEvidence:
    """Sign a consent as the professional who gave the information, and make the sheet that both keep.

    The sheet is kept as PDF under the person's key, with its SHA-256. Refused without a name, for a decision that has
    no signature of the participant's own, when it was signed before, and where PDF cannot be drawn.
    """
    participant = consent.participant
    allow(by, Permission.SIGN_CONSENT, participant=participant)
    name = " ".join(name.split())
    if not name or len(name) > 120:
        raise Refused(_("Type your name under it, in at most 120 characters."), field="name")
    signed = {one.role: one for one in Signature.objects.filter(consent=consent).select_for_update()}
    if "participant" not in signed:
        raise Refused(_("The participant has not signed this. There is nothing to sign beside."))
    if "professional" in signed:
        raise Refused(_("This was signed already."))
    mine = Signature.objects.create(
        consent=consent,
        role="professional",
        by=by,  # type: ignore[misc]  # SIGN_CONSENT is never the system's
        name_sealed=seal(participant, name),
        at=clock.now(),
    )
    with translation.override(participant.language):
        page = proof.html(_proof(consent, signed["participant"], mine))
    try:
        drawn = letter.pdf(page)
    except letter.NoPango:
        raise Refused(_("PDF cannot be drawn on this machine: `opstap doctor` says what to install.")) from None
    evidence = ConsentEvidence.objects.create(
        consent=consent,
        sealed=seal(participant, base64.b64encode(drawn).decode()) or b"",
        sha256=hashlib.sha256(drawn).hexdigest(),
        made_at=clock.now(),
    )
    record(
        Event.CONSENT_SIGNED, by=by, study=participant.study, participant=participant.pseudonym, consent=consent.pk,
        sha256=evidence.sha256,
    )  # fmt: skip
    return evidence


def sheet_of(consent: Consent) -> tuple[bytes, str]:
    """Give the signed sheet as PDF and its SHA-256; NotHere while there is none, or when its person was erased.

    Callers have passed a door.
    """
    evidence = ConsentEvidence.objects.filter(consent=consent).first()
    kept = unseal(consent.participant, evidence.sealed) if evidence else "…"
    if evidence is None or kept == "…":
        raise NotHere(consent.pk)
    return base64.b64decode(kept), evidence.sha256


def _proof(consent: Consent, own: Signature, mine: Signature) -> proof.Proof:
    participant = consent.participant
    protocol, language = version_of(consent.protocol), participant.language
    form = protocol.consent(consent.kind)

    def words(part: str) -> str:
        return protocol.text(f"consents.{consent.kind}.{part}", language)

    told = [
        proof.Section(words(f"passages.{one}.title"), _paragraphs(words(f"passages.{one}.text")))
        for one in form.passages
    ]
    checked = _checked(consent, protocol, language)
    how = {"online": gettext("online"), "paper": gettext("on paper"), "desk": gettext("at the desk")}[consent.channel]
    return proof.Proof(
        language=language,
        eyebrow=protocol.title(language),
        title=words("title"),
        lead=words("short"),
        sections=[
            *told,
            *([proof.Section(gettext("Questions about the information"), lines=checked)] if checked else []),
            proof.Section(
                gettext("What was agreed to"),
                lines=[
                    (words(f"items.{item.id}"), gettext("yes") if consent.items[item.id] else gettext("no"))
                    for item in form.items
                ],
            ),
            proof.Section(
                gettext("Signatures"),
                lines=[
                    (gettext("Participant"), _signed(own, consent)),
                    (gettext("For the study team"), _signed(mine, consent)),
                ],
            ),
        ],
        last=[
            gettext("Version %(version)s of the form, decided %(how)s. Known as %(pseudonym)s.")
            % {"version": consent.form_version, "how": how, "pseudonym": participant.pseudonym},
            gettext("Kept for %(years)s years. Legal basis: %(basis)s.")
            % {"years": form.retention_years, "basis": form.legal_basis},
            gettext("Fingerprint (SHA-256) of the words of the form: %(hash)s") % {"hash": consent.text_hash},
        ],
    )


def _checked(consent: Consent, protocol: Protocol, language: str) -> list[tuple[str, str]]:
    """Give each question with the last answer to it before the decision."""
    rows = ComprehensionAnswer.objects.filter(
        participant=consent.participant, kind=consent.kind, form_version=consent.form_version, at__lte=consent.at
    )
    newest = {row.question: row for row in rows.order_by("pk")}
    place = f"consents.{consent.kind}.questions"
    return [
        (
            protocol.text(f"{place}.{question}.text", language),
            protocol.text(f"{place}.{question}.options.{row.option}", language)
            + ("" if row.right else f" ({gettext('not right')})"),
        )
        for question, row in newest.items()
    ]


def _signed(signature: Signature, consent: Consent) -> str:
    if signature.on_paper is not None:
        return gettext("on paper, %(day)s") % {"day": date_format(signature.on_paper, "j F Y")}
    name = unseal(consent.participant, signature.name_sealed)
    return f"{name}, {date_format(localtime(signature.at), 'j F Y, H:i')}"


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]
