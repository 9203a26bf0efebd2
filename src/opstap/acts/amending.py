"""A new version of the words that people agree to, put in force in a running study."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from opstap.acts import protocols
from opstap.acts.act import act, record
from opstap.acts.consents import text_hash
from opstap.acts.doors import Actor, allow
from opstap.acts.refusals import Refused
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.domain.protocol import Protocol
from opstap.store.models import Study


@act
def amend_consent(*, by: Actor, study: Study, protocol: Protocol) -> Study:
    """Put the consent forms of a later version of a study's protocol in force; everyone keeps what they agreed to.

    Refused when anything but the forms and their words differs (that is another amendment), when the protocol has the
    same version, and when a form's words or shape changed under the same version of that form.
    """
    allow(by, Permission.OPEN_STUDY, study=study)
    study = Study.objects.select_for_update().select_related("protocol").get(pk=study.pk)
    before = protocols.protocol_of(study)
    if _rest(before) != _rest(protocol):
        raise Refused(_("Only consent forms and their texts can be amended here; this file differs in more."))
    if before.version == protocol.version:
        raise Refused(_("Give the changed protocol a version of its own."), field="version")
    kept = {form.kind: form for form in before.consents}
    for form in protocol.consents:
        same = form.kind in kept and kept[form.kind].version == form.version
        if same and (form != kept[form.kind] or _words(before, form.kind) != _words(protocol, form.kind)):
            raise Refused(
                _("The form “%(kind)s” changed and kept its version. Give it a new one."),
                field="version",
                kind=form.kind,
            )
    study.protocol = protocols.pin(protocol)
    study.save(update_fields=["protocol"])
    record(Event.CONSENT_AMENDED, by=by, study=study, protocol=study.protocol.digest)
    return study


def _rest(protocol: Protocol) -> dict[str, Any]:
    """Give a protocol without its forms, their words and its version."""
    whole = protocol.model_dump(mode="json", exclude={"consents", "version"})
    whole["texts"] = {
        language: {key: words for key, words in texts.items() if key != "consents"}
        for language, texts in whole["texts"].items()
    }
    return whole


def _words(protocol: Protocol, kind: str) -> list[str]:
    return [text_hash(protocol, kind, language) for language in protocol.languages]
