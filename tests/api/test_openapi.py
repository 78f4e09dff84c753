"""The published document and the code agree both ways, whatever is sent."""

import json

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import positive_data_acceptance
from tests.api.test_rights import SECRET, key
from tests.factories.records import linked_household, offer, scheme, vacancy

from untoit.api.app import api
from untoit.config.wsgi import application
from untoit.records.partners.models import Role

schema = schemathesis.openapi.from_dict(json.loads(json.dumps(api.get_openapi_schema(), default=str)))
schema.app = application


@pytest.fixture
def landlord(db):
    """Give a landlord with one of each thing a key to everything that its role may do."""
    cache.clear()  # the count of requests a minute
    made = scheme()
    offer(made.organisations["employer"])
    vacancy(made.organisations["landlord"])
    linked_household(made)
    key(made, "LM")
    key(made, "EMPL")
    # As Django's own test client does: the connection of the test's transaction outlives each request.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield made
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@schema.parametrize()
@settings(max_examples=6, derandomize=True, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_every_operation_answers_what_the_document_says(case, landlord):
    role = Role.EMPL if "/offers" in case.operation.path else Role.LM

    # A body that fits the schema may still be refused in words: a schedule, an unknown commune, a reference taken.
    excluded = [positive_data_acceptance] if case.method in ("POST", "PUT") else []
    answer = case.call_and_validate(headers={"Authorization": f"Bearer {SECRET}_{role}"}, excluded_checks=excluded)

    assert answer.status_code < 500


def test_the_document_lists_the_operations_and_their_scopes_in_french():
    document = api.get_openapi_schema()

    operations = {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items() for method, operation in methods.items()
    }
    assert len(operations) == 25
    assert document["openapi"].startswith("3.1")
    assert all(operation["summary"][0].isupper() and operation["security"] for operation in operations.values())
    assert all({"400", "401", "403", "404", "409", "422", "429"} <= {str(code) for code in one["responses"]}
               for one in operations.values())
