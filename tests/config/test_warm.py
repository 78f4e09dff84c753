"""What is loaded before the first visitor, without a database."""

from pathlib import Path

from django.conf import settings
from django.template import engines

from untoit.config.warm import warm_up
from untoit.records.partners.rights import policy
from untoit.records.partners.search import commune_names


def test_every_template_of_the_pages_is_compiled_and_no_query_asked():  # the database is closed to this test
    written = sum(len(list(Path(folder).rglob("*.html"))) for folder in settings.TEMPLATES[0]["DIRS"])

    assert warm_up() == written
    kept = engines["django"].engine.template_loaders[0].get_template_cache
    assert len(kept) >= written
    assert policy.cache_info().currsize == commune_names.cache_info().currsize == 1
