"""Public pages, accounts, employers’ offers, imports, organisations and the platform."""

from tests.browser.addresses import Page, batch, of

from untoit.records.intake.models import BatchState

_OFFER = of(offer_id="offer")

OTHERS = (
    Page("public:home"), Page("public:legal"), Page("public:accessibility"), Page("public:offers"),
    Page("public:offers", query="?q=zzz"), Page("/nulle-part/", status=404), Page("/nulle-part/", "LM", status=404),
    Page("account_login"), Page("account_request_login_code"), Page("account_inactive"), Page("account_signup"),
    Page("account_reset_password"), Page("account_reset_password_done"), Page("account_reset_password_from_key_done"),
    Page("account_email_verification_sent"), Page("organisation:welcome"),
    Page("account_logout", "LM"), Page("account_email", "LM"), Page("account_set_password", "LM"),
    Page("account_change_password", "ADM"), Page("mfa_index", "LM"), Page("mfa_index", "DPO"),
    Page("mfa_list_webauthn", "LM"), Page("mfa_reauthenticate", "DPO"),
    Page("employer:offers", "EMPL"), Page("employer:new_offer", "EMPL"), Page("employer:offer", "EMPL", _OFFER),
    Page("employer:edit_offer", "EMPL", _OFFER), Page("desk:morning", "EMPL"),
    Page("steering:overview", "FUND"), Page("steering:overview", "LM"),
    Page("imports:list", "LM"), Page("imports:new", "LM"), Page("imports:new", "EMPL"),
    *(Page("imports:batch", "LM", batch(state)) for state in BatchState.values),
    Page("imports:columns", "LM", batch("mapping")), Page("imports:row", "LM", batch("ready", line=5)),
    Page("imports:batch", "LM", batch("ready"), "?lignes=refused"),
    Page("organisation:members", "LM"), Page("organisation:invitations", "LM"), Page("organisation:tokens", "LM"),
    Page("organisation:account", "LM"), Page("organisation:account", "CAND"), Page("organisation:reads", "LM"),
    Page("platform:overview", "ADM"), Page("platform:overview", "DPO"), Page("platform:journal", "ADM"),
    Page("platform:new_organisation", "ADM"),
    Page("platform:organisation", "ADM", of(organisation_id="organisation")),
    Page("platform:reads", "DPO"), Page("platform:consents", "DPO"), Page("platform:rights_requests", "DPO"),
    Page("platform:glass", "ADM"),
)
