"""How accounts come to be: never by signing up; a steward makes them, a referral or an invitation does."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Closes sign-up, and keeps addresses out of the subject of mails."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by themselves."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail about an account; without a mail server nothing is sent, and the page says the same as ever.

        `opstap doctor` tells the administrator that there is none.
        """
        if settings.DEMO or settings.EMAIL_HOST:
            super().send_mail(template_prefix, email, context)

    def format_email_subject(self, subject: str) -> str:
        """Give the subject without a prefix of the site's name."""
        return subject
