"""The first mail to a new colleague, or to someone at work who was let in: how to come in.

It goes the way of every mail about an account: at once, and by no participant's outbox.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from opstap.acts.doors import User


def welcome(user: User, template: str, **context: Any) -> bool:
    """Mail someone the link by which they choose a password, or sign in where they have one; tell whether it went.

    `template` is `account` or `shared`; the mail is in the language of its reader. A mail server that fails undoes
    nothing: what the mail was about has been done, and the page says to tell it by other means.
    """
    if not (settings.DEMO or settings.EMAIL_HOST):
        return False
    with translation.override(user.language):
        try:
            get_adapter().send_mail(f"account/email/{template}", user.email, {"who": user, **_links(user), **context})
        except OSError:  # every refusal of a mail server is one
            return False
    return True


def _links(user: User) -> dict[str, str]:
    known = user.has_usable_password()
    path = (
        reverse("account_login")
        if known
        else reverse(
            "account_reset_password_from_key",
            kwargs={"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)},
        )
    )
    return {
        "link": settings.SITE_ADDRESS + path,
        "again": "" if known else settings.SITE_ADDRESS + reverse("account_reset_password"),
        "days": str(settings.PASSWORD_RESET_TIMEOUT // 86_400),
    }
