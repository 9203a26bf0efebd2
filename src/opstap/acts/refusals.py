"""The ways in which an act says no. Each carries words for the person who asked, and nothing about anyone else."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise


class Refused(Exception):
    """Something in what was asked cannot be done; says what, and how to mend it.

    `field` names the input that is meant, where there is one.
    """

    def __init__(self, message: str | Promise, *, field: str = "", **params: Any) -> None:
        super().__init__(message)
        self.message, self.field, self.params = message, field, params

    def __str__(self) -> str:
        text = str(self.message)
        return text % self.params if self.params else text


class NotHere(Exception):
    """A record that does not exist, or that the asker may not know to exist: the same answer for both."""


class SharingEnded(NotHere):
    """Something that was shared with this person and is not any longer: they may be told so, since they knew of it."""
