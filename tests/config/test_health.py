import pytest
from django.db import connection


def test_alive_asks_nothing_of_the_database(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"alive": True})


@pytest.mark.django_db
@pytest.mark.parametrize(("beat", "ready"), [("now()", True), ("now() - interval '2 minutes'", False), (None, False)])
def test_ready_when_the_database_is_migrated_and_a_worker_is_heard(client, beat, ready):
    with connection.cursor() as cursor:
        if beat:
            cursor.execute(f"INSERT INTO procrastinate_workers (last_heartbeat) VALUES ({beat})")

    answer = client.get("/readyz")

    assert answer.status_code == (200 if ready else 503)
    assert answer.json() == {"database": True, "migrations": True, "worker": ready}


def test_every_answer_carries_the_headers_that_close_the_page(client):
    headers = client.get("/healthz").headers

    policy = set(headers["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src 'self'", "img-src 'self' data:", "object-src 'none'", "base-uri 'none'",
        "frame-ancestors 'none'", "form-action 'self'",
    }
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cache-Control"] == "no-store"
