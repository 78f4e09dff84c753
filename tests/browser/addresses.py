"""A page of the sweep, and how the arguments of its address are taken from the scene."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from tests.browser.scene import Scene


def of(**names: str) -> Callable[[Scene], dict[str, Any]]:
    """Take the arguments of a URL from the rows of side ``a``: ``vacancy_id="vacancy"``."""
    return lambda scene: {argument: scene.row(name).pk for argument, name in names.items()}


def run(state: str) -> Callable[[Scene], dict[str, Any]]:
    """Take the run in this state."""
    return lambda scene: {"run_id": scene.runs[state].pk}


def batch(state: str, **more: Any) -> Callable[[Scene], dict[str, Any]]:
    """Take the import in this state; ``more`` are the other arguments."""
    return lambda scene: {"batch_id": scene.batches[state].pk, **more}


def compared(scene: Scene) -> dict[str, Any]:
    """Take two runs to compare."""
    return {"run_id": scene.row("run").pk, "other_id": scene.runs["computed"].pk}


def to_review(scene: Scene) -> dict[str, Any]:
    """Take a tandem that nobody has looked at."""
    return {"tandem_id": scene.runs["computed"].tandems.order_by("number")[0].pk}


def event(moment: str, **more: Any) -> Callable[[Scene], dict[str, Any]]:
    """Take the event of a moment; ``more`` are the other arguments, or what finds a row in the event."""
    def found(scene: Scene) -> dict[str, Any]:
        event = scene.events.by_moment[moment]
        return {"event_id": event.pk, **{
            name: one(event).pk if callable(one) else one for name, one in more.items()
        }}

    return found


def registered(state: str, *, alone: bool = False) -> Callable[[Scene], dict[str, Any]]:
    """Take somebody of an event by the state of the registration; ``alone`` leaves the event out."""
    def found(scene: Scene) -> dict[str, Any]:
        row = scene.events.people[state]
        return {"registration_id": row.pk, **({} if alone else {"event_id": row.event_id})}

    return found


def token(state: str) -> Callable[[Scene], dict[str, Any]]:
    """Take the personal address of somebody of an event."""
    return lambda scene: {"token": scene.events.token(state)}


def somebody_at_a_stand(scene: Scene) -> str:
    """Ask for somebody at a stand, in the query string."""
    event = scene.events.by_moment["planned"]
    return f"?registration={event.registrations.first().pk}&stand={event.stands.last().pk}"


@dataclass(frozen=True)
class Page:
    """One page: a URL name, who opens it, the arguments, the query string, the status that is right."""

    name: str
    role: str = "PUB"
    kwargs: Callable[[Scene], dict[str, Any]] = lambda _: {}
    query: str | Callable[[Scene], str] = ""
    status: int = 200

    def path(self, scene: Scene) -> str:
        """Return the address."""
        query = self.query if isinstance(self.query, str) else self.query(scene)
        if self.name == "organisation:welcome":
            return scene.welcome + query
        if self.name.startswith("/"):
            return self.name
        return reverse(self.name, kwargs=self.kwargs(scene)) + query
