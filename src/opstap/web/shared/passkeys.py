"""Adding a passkey: in our own words, and so that it opens the door by itself."""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.utils.translation import gettext_lazy as _


class AddPasskey(AddWebAuthnForm):
    """The name of a passkey, and whether it takes the place of the password as well."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        self.fields["name"].help_text = _("So that you know later which device it is on.")
        one = self.fields["passwordless"]
        one.label, one.initial = _("Sign in with it alone, without password and code"), True
        one.help_text = _("Take the tick away for a key without fingerprint or code: it then only replaces the code.")
