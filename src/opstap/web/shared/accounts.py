"""How accounts come to be: never by signing up; a steward makes them, a referral or an invitation does."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Closes sign-up, and keeps addresses out of the subject of mails."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by themselves."""
        return False

    def format_email_subject(self, subject: str) -> str:
        """Give the subject without a prefix of the site's name."""
        return subject
