"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from untoit.config.gate import await_opening
from untoit.config.keys import require_keys
from untoit.config.processes import die_with_parent
from untoit.config.warm import settle, warm_up

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "untoit.config.settings")
die_with_parent()
require_keys()
application = get_wsgi_application()
warm_up()  # the first visitor does not wait for what every page needs
await_opening()
settle()
