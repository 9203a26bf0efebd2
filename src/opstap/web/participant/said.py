"""Sentences in two forms of address: one English sentence, and in Dutch one with "u" and one with "je".

The form of address is the gettext context, so a translator sees both, and a language that has only one fills in the
same twice. A sentence that speaks of nobody needs none of this and is translated as everywhere else.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import pgettext

#: The forms of address that a protocol can ask for; the first is for everyone else.
FORMS = ("u", "je")


def say(address: str, sentence: str, **params: Any) -> str:
    """Say a sentence to someone who is addressed like this; `params` fill its `%(name)s`."""
    said = pgettext(address if address in FORMS else FORMS[0], sentence)
    return said % params if params else said
