"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from untoit.config.gate import await_opening
from untoit.config.keys import require_keys
from untoit.config.processes import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "untoit.config.settings")
die_with_parent()
require_keys()
application = get_wsgi_application()
# The first visitor does not wait for what every page needs.
get_resolver().url_patterns  # noqa: B018 - reading it loads the pages
await_opening()
