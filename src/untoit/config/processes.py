"""
The processes that ``untoit serve`` starts and watches: the web server, the worker.

``python -m untoit.config.processes web|worker``. Each ends by itself when the process that watches it is no more, so
that a supervisor killed with -9 leaves nobody behind to work beside its successor.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from pathlib import Path
from typing import NoReturn

SUPERVISOR = "UNTOIT_SUPERVISOR"
CONCURRENT_JOBS = 3


def die_with_parent() -> None:
    """
    End this process, at most half a second after the one that watches it, when it is supervised.

    Its number is handed over rather than asked of the system: the parent may have died before this line.
    """
    if SUPERVISOR not in os.environ:
        return
    parent = int(os.environ[SUPERVISOR])
    os.environ[SUPERVISOR] = str(os.getpid())  # for the processes started from here

    def watch() -> NoReturn:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def web() -> None:
    """Serve the application: several processes by cores, a few threads each (a page waits for the database)."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "untoit.config.wsgi:application", interface=Interfaces.WSGI, address=os.environ["UNTOIT_HOST"],
        port=int(os.environ["UNTOIT_PORT"]), workers=_web_processes(),
        blocking_threads=4, websockets=False, respawn_failed_workers=True, respawn_interval=0.1,
        workers_kill_timeout=10, log_level=LogLevels.warning,
    ).serve()


def _web_processes() -> int:
    return int(os.environ.get("UNTOIT_WORKERS") or min(4, os.cpu_count() or 1))


def worker() -> None:
    """Do the background jobs. Alone on its database, it takes back at once what its predecessor left unfinished."""
    import django

    django.setup()
    from django.conf import settings
    from procrastinate.contrib.django import app

    from untoit.config.gate import await_opening

    await_opening()
    connector = app.connector.get_worker_connector()

    async def work() -> None:
        async with app.open_async():
            if settings.EMBEDDED:
                for job in await app.job_manager.list_jobs_async(status="doing"):
                    await app.job_manager.retry_job(job)
            await app.run_worker_async(concurrency=CONCURRENT_JOBS, shutdown_graceful_timeout=20)

    with app.replace_connector(connector):
        asyncio.run(work())


def ahead() -> None:
    """Prepare what needs no database, while another process migrates it: the demonstration's timetable, the styles."""
    if "demonstration" in sys.argv:
        from untoit.config.ahead import prepare_network

        prepare_network(Path(os.environ["UNTOIT_DATA"]))
    import django

    django.setup()
    from untoit.config.statics import collect

    collect()


def main() -> int:
    """Be the process that is asked for."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "untoit.config.settings")
    die_with_parent()
    {"web": web, "worker": worker, "ahead": ahead}[sys.argv[1]]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
