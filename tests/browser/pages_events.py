"""Preparing an event."""

from tests.browser.addresses import Page, event, of, registered, somebody_at_a_stand

_EVENT = of(event_id="event")
_REGISTERED = of(event_id="event", registration_id="registration")
_MOMENTS = ("draft", "inviting", "planned", "ready", "open", "ended", "cancelled")

EVENTS = (
    Page("organiser:events", "LM"), Page("organiser:events", "DEP"), Page("organiser:events", "ADM"),
    Page("organiser:new_event", "LM"),
    *(Page("organiser:event", "LM", event(moment)) for moment in _MOMENTS),
    Page("organiser:event", "EMPP", _EVENT), Page("organiser:event", "DEP", event("ready")),
    Page("organiser:event", "ADM", event("ready")), Page("organiser:edit_event", "LM", event("inviting")),
    Page("organiser:event_act", "LM", event("ready", action="cancel")),
    Page("organiser:event_act", "LM", event("ended", action="reopen")),
    *(Page("organiser:stands", "LM", event(moment)) for moment in ("draft", "inviting", "ready")),
    Page("organiser:stands", "DEP", event("inviting")),
    *(
        Page("organiser:edit_stand", "LM", event("inviting", stand_id=lambda event, kind=kind: event.stands.get(
            kind=kind
        ))) for kind in ("employer", "housing", "desk")
    ),
    Page("organiser:checklist", "LM", event("draft")), Page("organiser:checklist", "LM", event("ready")),
    Page("organiser:checklist", "DEP", event("ready"), "?vue=moi"),
    Page("organiser:preparations", "LM", event("draft")), Page("organiser:preparations", "DEP", event("inviting")),
    Page("organiser:edit_session", "LM", event("inviting", session_id=lambda event: event.preparations.get())),
    *(Page("organiser:registrations", "LM", event(moment)) for moment in ("draft", "inviting", "open")),
    Page("organiser:registrations", "DEP", event("inviting")),
    Page("organiser:needs", "DEP", registered("confirmed")),
    *(
        Page("organiser:registration", "LM", registered(state))
        for state in ("proposed", "invited", "waiting", "confirmed", "declined", "present")
    ),
    Page("organiser:registration", "DEP", _REGISTERED),
    Page("organiser:messages", "LM", event("draft")), Page("organiser:messages", "LM", event("ready")),
    Page("organiser:messages", "DEP", _EVENT),
    Page("organiser:letter", "LA", of(event_id="event", notice_id="letter")),
    Page("organiser:invite", "LA", event("inviting")), Page("organiser:invite", "EMPP", event("draft")),
    Page("organiser:selection", "LM", event("draft")), Page("organiser:selection", "LM", _EVENT),
    Page("organiser:selection", "ADM", _EVENT),
    *(Page("organiser:timetable", "LM", event(moment)) for moment in ("draft", "planned", "ready", "open", "ended")),
    Page("organiser:timetable", "EMPP", event("ready"), "?vue=candidats"),
    Page("organiser:timetable", "ADM", event("ready"), "?vue=salles"),
    Page("organiser:meeting", "LM", event("ready", meeting_id=lambda event: event.meetings.active().last())),
    Page("organiser:meeting", "LM", event("open", meeting_id=lambda event: event.meetings.active().first())),
    Page("organiser:add_meeting", "LM", event("planned")),
    Page("organiser:add_meeting", "LM", event("planned"), somebody_at_a_stand),
    Page("organiser:publish", "LM", event("planned")), Page("organiser:publish", "LM", event("ready")),
    Page("organiser:repairing", "LM", event("ready")), Page("organiser:repairing", "LM", event("draft")),
    Page("organiser:timetable_rules", "LM", event("planned")), Page("organiser:hall_preview", "LM", event("open")),
    Page("organiser:hall_preview", "LM", event("draft")),
)
