"""Candidates, offers and tandems, as advisers and the person see them."""

from tests.browser.addresses import Page, of, to_review

_HOUSEHOLD = of(household_id="household")
_PERSON = of(household_id="household", person_id="person")
_LINK = of(household_id="household", link_id="link")
_OFFER = of(offer_id="offer")
_TANDEM = of(tandem_id="tandem")

PEOPLE = (
    Page("desk:morning", "DEP"), Page("desk:morning", "EMPP"),
    Page("adviser:candidates", "LM"), Page("adviser:candidates", "EMPP"), Page("adviser:candidates", "PART"),
    Page("adviser:new_candidate", "LA"), Page("adviser:candidate_exports", "LM"),
    Page("adviser:candidate", "LM", _HOUSEHOLD), Page("adviser:candidate", "LA", _HOUSEHOLD),
    Page("adviser:candidate", "DEP", _HOUSEHOLD), Page("adviser:candidate", "EMPP", _HOUSEHOLD),
    Page("adviser:candidate_history", "LM", _HOUSEHOLD), Page("adviser:candidate_composition", "LA", _HOUSEHOLD),
    Page("adviser:candidate_resources", "LA", _HOUSEHOLD), Page("adviser:candidate_rsa", "DEP", _HOUSEHOLD),
    Page("adviser:candidate_application", "LA", _HOUSEHOLD), Page("adviser:candidate_add_person", "LA", _HOUSEHOLD),
    Page("adviser:candidate_identity", "LA", _PERSON), Page("adviser:candidate_pathway", "EMPP", _PERSON),
    Page("adviser:candidate_evidence", "LA", _HOUSEHOLD), Page("adviser:candidate_note", "DEP", _HOUSEHOLD),
    Page("adviser:candidate_consent", "LA", _HOUSEHOLD), Page("adviser:candidate_share", "DEP", _HOUSEHOLD),
    Page("adviser:consent_withdraw", "LA", lambda scene: {**_HOUSEHOLD(scene), "purpose": "matching"}),
    Page("adviser:link_extend", "LA", _LINK), Page("adviser:link_close", "LA", _LINK),
    Page("adviser:link_follow", "LA", _LINK),
    Page("adviser:offers", "EMPP"), Page("adviser:offer", "LA", _OFFER), Page("adviser:tandems", "LM"),
    Page("adviser:tandem", "LM", _TANDEM), Page("adviser:tandem", "EMPP", _TANDEM),
    Page("adviser:tandem", "LA", to_review),
    Page("candidate:home", "CAND"), Page("candidate:readings", "CAND"), Page("candidate:contact", "CAND"),
    Page("candidate:work_wishes", "CAND"), Page("candidate:home_wishes", "CAND"),
    Page("candidate:link_close", "CAND", of(link_id="link")), Page("candidate:tandem", "CAND", _TANDEM),
)
