import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
SOURCES = sorted((REPOSITORY / "src" / "untoit" / "config").rglob("*.py"))
READ = re.compile(r"""(?:env\.\w+\(|environ(?:\.get|\.setdefault)?[\[(])\s*"([A-Z][A-Z_]+)\"""")
# Set by Django's own tools, or by `untoit serve` for the processes that it starts.
INTERNAL = {"DJANGO_SETTINGS_MODULE", "UNTOIT_EMBEDDED", "UNTOIT_HOST", "UNTOIT_PORT", "UNTOIT_TEST_DB"}
PRODUCTION = {
    "UNTOIT_MODE": "production", "SECRET_KEY": "0123456789-only-for-tests-" * 3, "ALLOWED_HOSTS": "untoit.exemple.fr",
    "ENCRYPTION_KEYS": "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=", "DATABASE_URL": "postgres://u@db.invalid/u",
}


def run(code, **environment):
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], check=False, capture_output=True, text=True,
        env={**kept, "DJANGO_SETTINGS_MODULE": "untoit.config.settings", **environment},
    )


def test_every_variable_that_is_read_is_documented_and_no_other():
    read = {name for source in SOURCES for name in READ.findall(source.read_text("utf-8"))} - INTERNAL
    page = (REPOSITORY / "docs" / "reference" / "settings.md").read_text("utf-8")
    documented = set(re.findall(r"^\| `([A-Z_]+)`", page, re.MULTILINE))

    assert documented == read


def test_the_production_settings_pass_the_check_of_a_deployment():
    code = "import django; from django.core.management import call_command; django.setup(); " \
           "call_command('check', deploy=True, fail_level='WARNING')"

    done = run(code, **PRODUCTION)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("missing", "sentence"), [
    ("SECRET_KEY", "La variable SECRET_KEY manque."), ("ENCRYPTION_KEYS", "La variable ENCRYPTION_KEYS manque"),
])
def test_production_without_a_key_does_not_start_and_says_which(missing, sentence):
    environment = {key: value for key, value in PRODUCTION.items() if key != missing}

    done = run("import untoit.config.wsgi", **environment)

    assert done.returncode == 1
    assert sentence in done.stderr.splitlines()[-1]


def test_a_key_that_seals_nothing_is_refused():
    done = run("import untoit.config.wsgi", **{**PRODUCTION, "ENCRYPTION_KEYS": "secret"})

    assert "ENCRYPTION_KEYS n'est pas lisible" in done.stderr


def test_the_demonstration_makes_its_keys_once(tmp_path):
    code = "from django.conf import settings; print(settings.SECRET_KEY, settings.ENCRYPTION_KEYS)"

    first = run(code, UNTOIT_MODE="demo", UNTOIT_DATA=str(tmp_path))
    second = run(code, UNTOIT_MODE="demo", UNTOIT_DATA=str(tmp_path))

    assert first.stdout == second.stdout
    assert len(first.stdout) > 100
