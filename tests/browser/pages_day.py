"""The day of an event, and what comes after."""

from tests.browser.addresses import Page, event, of, token

from untoit.records.events.sms_text import TOKEN_LENGTH

_EVENT = of(event_id="event")

DAY = (
    Page("organiser:attendance", "LA", event("open")), Page("organiser:attendance", "EMPP", _EVENT),
    Page("organiser:attendance", "LM", event("draft")),
    Page("organiser:devices", "LA", event("open")), Page("organiser:devices", "EMPP", event("draft")),
    Page("organiser:device_revoke", "LA", event("open", device_id=lambda event: event.devices.first())),
    Page("organiser:outcomes", "LA", event("open")), Page("organiser:outcomes", "EMPP", event("ended")),
    Page("organiser:outcomes", "LA", event("draft")),
    Page("organiser:outcome", "LA", of(event_id="event", meeting_id="housing_meeting")),
    Page("organiser:outcome", "EMPP", event(
        "ended", meeting_id=lambda event: event.meetings.filter(stand__kind="employer").first()
    )),
    Page("organiser:papers", "LM", event("ready")), Page("organiser:papers", "LA", event("draft")),
    Page("organiser:papers", "DEP", _EVENT),
    *(Page("organiser:review", role, event("ended")) for role in ("LM", "DEP", "EMPP")),
    Page("organiser:review", "LM", event("ready")),
    Page("tablet:app"), Page("tablet:hall", "TAB_hall"), Page("tablet:opinion", "PUB", token("present")),
    Page("employer:events", "EMPL"), Page("employer:events", "EMPL_other"),
    *(Page("employer:event", "EMPL", event(moment)) for moment in ("inviting", "ready", "open", "ended")),
    Page("candidate:events", "CAND"), Page("candidate:events", "CAND_other"),
    Page("candidate:event", "CAND", of(registration_id="registration")),
    *(
        Page("public:invitation", "PUB", token(state))
        for state in ("invited", "waiting", "confirmed", "declined", "present", "cancelled_event")
    ),
    *(Page("public:invitation", "PUB", token("invited"), f"?lang={code}") for code in ("ar", "uk", "pt")),
    Page("public:invitation", "PUB", lambda _: {"token": "1" * TOKEN_LENGTH}, status=404),
)
