"""Two addresses for machines: is the process alive, can the application work."""

from __future__ import annotations

from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateWorker

from untoit.web.access import open_to_all

WORKER_SILENT_S = 60


@open_to_all()
def healthz(request: HttpRequest) -> JsonResponse:
    """Say that the process answers; asks nothing of the database."""
    return _answer({"alive": True})


@open_to_all()
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether the database answers, is at the version of the software, and has a worker: 200 or 503."""
    checks = {"database": False, "migrations": False, "worker": False}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        checks["database"] = True
        checks["migrations"] = _migrated()
        since = timezone.now() - timedelta(seconds=WORKER_SILENT_S)
        checks["worker"] = ProcrastinateWorker.objects.filter(last_heartbeat__gt=since).exists()
    except DatabaseError:
        pass
    return _answer(checks)


def _migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _answer(checks: dict[str, bool]) -> JsonResponse:
    response = JsonResponse(checks, status=200 if all(checks.values()) else 503)
    response["Cache-Control"] = "no-store"
    return response
