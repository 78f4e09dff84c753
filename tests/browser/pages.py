"""
The pages that the sweep opens: who looks at which URL, part by part.

Every URL that answers a page to GET is in one of the parts for one role at least, or in ``NO_PAGE`` with the reason:
the sweep fails on a name that is in neither. ``scene.py`` makes the rows.
"""

from tests.browser.pages_day import DAY
from tests.browser.pages_events import EVENTS
from tests.browser.pages_followup import CASES, HOMES, OWN, WORK
from tests.browser.pages_landlord import LANDLORD
from tests.browser.pages_others import OTHERS
from tests.browser.pages_people import PEOPLE
from tests.security.walk import pages as walked

# What answers GET without being a page of its own.
NO_PAGE = {
    "a file": (
        "adviser:offers_export", "adviser:pathway_summary", "adviser:tandem_pdf", "adviser:tandem_photo",
        "candidate:copy_json", "candidate:copy_pdf", "candidate:event_calendar", "candidate:event_paper",
        "candidate:pathway_summary", "candidate:proposal_letter", "candidate:tandem_pdf", "candidate:tandem_photo",
        "employer:offers_export", "employer:stand_sheet", "imports:corrections", "imports:model",
        "landlord:commitment_file", "landlord:homes_export", "landlord:letter_pdf", "landlord:photo",
        "landlord:run_file", "landlord:run_map", "landlord:session_paper", "mfa_download_recovery_codes",
        "organiser:paper", "organiser:paper_of", "organiser:review_file", "public:calendar_feed", "public:communes",
        "public:health", "public:invitation_calendar", "public:invitation_paper", "public:ready",
        "steering:followup_file", "tablet:sw",
    ),
    "what the script of a page reads": ("organiser:meeting_places", "tablet:data"),
    "a part of a page": (
        "employer:occupations", "imports:progress", "landlord:run_progress", "organiser:journeys_progress",
        "organiser:selection_progress", "organiser:timetable_grid", "organiser:timetable_progress",
    ),
    "only leads elsewhere": (
        "landlord:compare_with", "mfa_login_webauthn", "account_confirm_login_code",
        "account_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_authenticate",
        "adviser:pathway_item_of", "landlord:ruling_start", "organiser:checklist_item", "organiser:meeting_of",
        "organiser:registration_of",
    ),
    "asks first for the password of somebody who signed in a while ago": (
        "mfa_activate_totp", "mfa_add_webauthn", "mfa_deactivate_totp", "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
    ),
    "wants a link sent by e-mail or a key of the visitor": (
        "account_confirm_email", "account_reset_password_from_key", "mfa_edit_webauthn", "mfa_remove_webauthn",
    ),
}

# Parts that take about the same time.
PARTS = {
    "landlord": LANDLORD, "people": PEOPLE, "others": OTHERS, "events": EVENTS, "day": DAY, "homes": HOMES,
    "cases": CASES, "work": WORK, "own": OWN,
}


def unregistered() -> set[str]:
    """Return the names of the URLs that answer to GET and are in no table."""
    known = {page.name for part in PARTS.values() for page in part} | {n for some in NO_PAGE.values() for n in some}
    return {one.name for one in walked() if not one.of_api and one.accepts("GET")} - known
