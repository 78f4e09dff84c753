"""The landlord’s desk, homes, runs and policies."""

from tests.browser.addresses import Page, compared, of, run, to_review

_HOME = of(vacancy_id="vacancy")
_RUN = of(run_id="run")
_POLICY = of(policy_id="policy")

LANDLORD = (
    Page("desk:morning", "LM"), Page("desk:search", "LM", query="?q=essai"), Page("desk:changes", "LM"),
    Page("desk:notifications", "LM"),
    Page("landlord:homes", "LM"), Page("landlord:homes", "EMPP"), Page("landlord:homes", "PART"),
    Page("landlord:home", "LA", _HOME), Page("landlord:home", "DEP", _HOME),
    Page("landlord:new_home", "LA"), Page("landlord:edit_home", "LA", _HOME), Page("landlord:buildings", "LM"),
    Page("landlord:new_building", "LM"), Page("landlord:building", "LM", of(building_id="building")),
    Page("landlord:runs", "LM"), Page("landlord:new_run", "LM"), Page("landlord:run", "LM", _RUN),
    *(Page("landlord:run", "LM", run(state)) for state in ("draft", "computing", "failed", "reviewed", "closed")),
    *(
        Page("landlord:run", "LM", run("computed"), f"?partie={part}")
        for part in ("tandems", "attente", "carte", "etapes", "origine")
    ),
    Page("landlord:run", "LA", _RUN),
    Page("landlord:run_again", "LM", run("computed")), Page("landlord:run_changes", "LM", run("reviewed")),
    Page("landlord:run_retract", "LM", _RUN), Page("landlord:run_compare", "LM", compared),
    Page("landlord:review_tandem", "LM", to_review), Page("landlord:feeds", "LM"), Page("landlord:policies", "LM"),
    Page("landlord:policy", "LM", _POLICY), Page("landlord:new_policy", "LM"),
    Page("landlord:edit_policy", "LM", _POLICY),
)
