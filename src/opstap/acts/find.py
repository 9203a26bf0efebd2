"""Finding what an act needs by its name: sites, accounts, measurements. For the terminal, which keeps no tables."""

from __future__ import annotations

from opstap.acts.refusals import NotHere
from opstap.store.models import Identity, Measurement, Participant, Site, Study, User


def study_named(slug: str) -> Study:
    """Find a study by its name; NotHere when there is none."""
    study = Study.objects.select_related("protocol").filter(slug=slug).first()
    if study is None:
        raise NotHere(slug)
    return study


def sites_of(study: Study) -> dict[str, Site]:
    """Give the sites of a study by code."""
    return {site.code: site for site in Site.objects.select_related("study__protocol").filter(study=study)}


def user_of(participant: Participant) -> User:
    """Give the account of a participant."""
    return Identity.objects.select_related("user").get(participant=participant).user


def user_numbered(pk: int) -> User:
    """Give an account by its number; NotHere when there is none."""
    user = User.objects.filter(pk=pk).first()
    if user is None:
        raise NotHere(pk)
    return user


def measurement_named(participant: Participant, wave: str) -> Measurement:
    """Give a participant's own measurement at a wave; NotHere when it is not scheduled."""
    found = (
        Measurement.objects.select_related(
            "participant__study__protocol", "participant__key", "participant__participation__allocation", "protocol"
        )
        .filter(participant=participant, wave=wave, respondent="participant")
        .first()
    )
    if found is None:
        raise NotHere(wave)
    return found
