"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from untoit.config.keys import require_keys
from untoit.config.processes import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "untoit.config.settings")
die_with_parent()
require_keys()
application = get_wsgi_application()
