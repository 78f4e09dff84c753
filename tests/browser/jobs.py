"""What the worker process does, done here and now."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from django.db import connections
from procrastinate.contrib.django import app


def background_jobs():
    """Do what waits in the background, in a thread of its own, as the worker process does."""
    def work():
        async def drain():
            async with app.open_async():
                await app.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)

        async def with_threads_that_close_what_they_open():
            with ThreadPoolExecutor(1) as jobs:
                asyncio.get_running_loop().set_default_executor(jobs)
                await drain()
                await asyncio.get_running_loop().run_in_executor(jobs, connections.close_all)

        with app.replace_connector(app.connector.get_worker_connector()):
            asyncio.run(with_threads_that_close_what_they_open())
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()
