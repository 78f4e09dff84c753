"""What somebody may read of a tandem: one answer for the page, the printed sheet and every text on them."""

from __future__ import annotations

from dataclasses import dataclass

from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor


@dataclass(frozen=True, slots=True)
class Audience:
    """
    What is shown.

    ``budget``: amounts of the household. ``rsa``: that some of them are RSA. ``home``: rent, surface, address, map and
    surroundings of the home; without it, its commune and typology only. ``housing_file``: wishes and rules of the
    housing application. ``job_wishes``: what the person asks of a job. ``own``: the person reads about herself.
    """

    budget: bool
    rsa: bool
    home: bool
    housing_file: bool
    job_wishes: bool
    own: bool = False

    @classmethod
    def of(cls, actor: Actor) -> Audience:
        """Return what the actor may read, by the policy."""
        full = ("F", "S")
        return cls(
            budget=actor.sees("income") in full,
            rsa=actor.sees("rsa_status") in full,
            home=actor.sees("address") in full,
            housing_file=actor.sees("current_housing") in full,
            job_wishes=actor.sees("job_wishes") in full,
            own=actor.role is Role.CAND,
        )


EVERYTHING = Audience(budget=True, rsa=True, home=True, housing_file=True, job_wishes=True)
