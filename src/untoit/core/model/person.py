"""The link between a household and its job seekers, kept apart from what job matching may read."""

from dataclasses import dataclass

from untoit.core.model.work import Seeker


@dataclass(frozen=True, slots=True)
class Person:
    """Job seeker ``number`` (1, 2 …) of the household ``application_number``."""

    application_number: str
    number: int
    seeker: Seeker
