"""How far a permission reaches: in which studies, and at which of their sites, someone has it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from opstap.acts.doors import Actor, studies_of
from opstap.acts.refusals import NotHere
from opstap.domain.access import TABLE, Permission, Relation
from opstap.store.models import Grant, Study


@dataclass(frozen=True)
class Reach:
    """One study, and the primary keys of the sites to which a role in it is bound; None means every site."""

    study: Study
    sites: frozenset[int] | None

    def among(self, path: str = "", cohort: str | None = "patient") -> Q:
        """Give the condition on records whose study and site lie at `path`, such as `participant__`.

        Counts are of patients; `cohort` asks for partners instead, or with None for both.
        """
        here = Q(**{f"{path}study": self.study})
        if cohort is not None:
            here &= Q(**{f"{path}cohort": cohort})
        return here if self.sites is None else here & Q(**{f"{path}site__in": self.sites})


def reaches(by: Actor, permission: Permission) -> list[Reach]:
    """List the studies in which someone has a permission through a role there; NotHere when there is none."""
    roles = {standing.role.value for standing in TABLE[permission] if standing.relation is Relation.STUDY}
    bound: dict[int, set[int | None]] = {}
    grants = Grant.objects.filter(user=by.pk, revoked_at=None, role__in=roles, study__isnull=False)
    for study_id, site_id in grants.values_list("study_id", "site_id"):
        bound.setdefault(study_id or 0, set()).add(site_id)
    found = []
    for study in studies_of(by):
        sites = bound.get(study.pk)
        if sites:
            whole = None in sites
            found.append(Reach(study, None if whole else frozenset(site for site in sites if site is not None)))
    if not found:
        raise NotHere(permission)
    return sorted(found, key=lambda one: one.study.slug)


def among(found: list[Reach], path: str = "", cohort: str | None = "patient") -> Q:
    """Give the condition on records within any of these reaches."""
    condition = Q(pk__in=[])
    for one in found:
        condition |= one.among(path, cohort)
    return condition
