"""How accounts come to be: never by signing up; a steward makes them, a referral or an invitation does."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Closes sign-up, and keeps addresses out of the subject of mails."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by themselves."""
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for the password once more before the way of signing in changes.

        Not of someone who typed it just now and has no second step yet: that step is what they are led to.
        """
        if not super().is_reauthentication_required(app=app, **kwargs):
            return False
        request = context.request
        if request.user.is_authenticated and not is_mfa_enabled(request.user):
            typed = [record["at"] for record in get_authentication_records(request, request.user)]
            return not typed or time.time() - max(typed) > app_settings.REAUTHENTICATION_TIMEOUT
        return True

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail about an account; without a mail server nothing is sent, and the page says the same as ever.

        `opstap doctor` tells the administrator that there is none.
        """
        if settings.DEMO or settings.EMAIL_HOST:
            super().send_mail(template_prefix, email, context)

    def format_email_subject(self, subject: str) -> str:
        """Give the subject without a prefix of the site's name."""
        return subject
