import subprocess
import sys

from untoit.cli import main

WITHOUT_DJANGO = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("psutil", "django"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
from untoit.cli import main
sys.exit(main(sys.argv[1:]))
"""


def run(*arguments, code="import sys; from untoit.cli import main; sys.exit(main(sys.argv[1:]))"):
    return subprocess.run([sys.executable, "-c", code, *arguments], check=False, capture_output=True, text=True)


def test_help_names_the_commands_of_the_application_without_loading_it():
    code = "import sys; from untoit.cli import main\n" \
           "try: main(['--help'])\nfinally: print('django' in sys.modules, 'untoit.config' in sys.modules)"

    done = run(code=code)

    assert [name for name in ("serve", "migrate", "createadmin") if name not in done.stdout] == []
    assert done.stdout.splitlines()[-1] == "False False"


def test_without_the_web_framework_one_sentence_says_how_to_install_it():
    done = run("serve", code=WITHOUT_DJANGO)

    assert done.returncode == 2
    assert done.stderr.startswith("Cette commande demande l'application web, qui n'est pas installée ici")
    assert len(done.stderr.splitlines()) == 1


def test_demo_asks_for_a_folder_or_for_load(capsys):
    code = main(["demo"])

    assert code == 2
    assert "--load" in capsys.readouterr().err


def test_a_port_that_is_taken_is_said(tmp_path):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("serve", "--demo", "--data", str(tmp_path / "site"), "--port", str(taken.getsockname()[1]))

    assert done.returncode == 2
    assert "est déjà pris" in done.stderr
