"""Accounts of staff and workplaces, and the roles given to them."""

from __future__ import annotations

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from opstap.acts import clock
from opstap.acts.act import act, record
from opstap.acts.doors import Actor, allow
from opstap.acts.refusals import Refused
from opstap.domain.access import Permission, Role
from opstap.domain.events import Event
from opstap.store.models import Grant, Site, Study, User

#: Roles that are given by a steward; participants and workplaces get theirs by being referred or invited.
GIVEN = (Role.THERAPIST, Role.COACH, Role.REFERRER, Role.COORDINATOR, Role.ANALYST, Role.DATA_MANAGER, Role.STEWARD)


@act
def make_account(*, by: Actor, email: str, name: str, password: str | None = None, language: str = "nl") -> User:
    """Make an account for a member of staff; without a password they set one by the mailed link."""
    allow(by, Permission.MANAGE_PEOPLE)
    user = new_account(email=email, name=name, password=password, language=language)
    record(Event.ACCOUNT_MADE, by=by, user=user.pk)
    return user


def new_account(*, email: str, name: str, password: str | None, language: str) -> User:
    """Make an account within a running act; Refused for a wrong or taken address or a weak password."""
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(_("This is not an e-mail address. Write it like name@example.org."), field="email") from None
    if not name.strip():
        raise Refused(_("Fill in a name."), field="name")
    if User.objects.filter(email=email.lower()).exists():
        raise Refused(_("There is already an account with this e-mail address."), field="email")
    if password is not None:
        try:
            validate_password(password)
        except ValidationError as error:
            raise Refused(" ".join(error.messages), field="password") from None
    return User.objects.create_user(
        f"s-{secrets.token_hex(8)}", email=email, password=password, name=name.strip(), language=language
    )


@act
def grant_role(*, by: Actor, user: User, role: Role, study: Study | None = None, site: Site | None = None) -> Grant:
    """Give someone a role: a steward for the whole house, every other role within a study."""
    allow(by, Permission.MANAGE_PEOPLE)
    if role not in GIVEN:
        raise Refused(_("This role is not given by hand."), field="role")
    if (role is Role.STEWARD) != (study is None):
        raise Refused(_("A steward works for the whole house; every other role needs a study."), field="study")
    if site is not None and (study is None or site.study_id != study.pk):
        raise Refused(_("This site does not belong to that study."), field="site")
    if Grant.objects.filter(user=user, role=role, study=study, site=site, revoked_at=None).exists():
        raise Refused(_("This person already has that role."), field="role")
    grant = Grant.objects.create(user=user, role=role, study=study, site=site, granted_at=clock.now())
    record(Event.ROLE_GRANTED, by=by, study=study, user=user.pk, role=role.value, grant=grant.pk)
    return grant


@act
def revoke_role(*, by: Actor, grant: Grant) -> Grant:
    """Take a role back. The last steward stays, so that the house is never without one."""
    allow(by, Permission.MANAGE_PEOPLE)
    grant = Grant.objects.select_for_update().get(pk=grant.pk)
    if grant.revoked_at is not None:
        raise Refused(_("This role has already been taken back."))
    stewards = Grant.objects.filter(role=Role.STEWARD, revoked_at=None, user__is_active=True)
    if grant.role == Role.STEWARD and not stewards.exclude(pk=grant.pk).exists():
        raise Refused(_("This is the last steward. Give the role to someone else first."))
    grant.revoked_at = clock.now()
    grant.save(update_fields=["revoked_at"])
    record(Event.ROLE_REVOKED, by=by, study=grant.study, user=grant.user_id, role=grant.role, grant=grant.pk)
    return grant
