"""The ports through which an SMS leaves."""

import json

from untoit.records.partners import sms


def test_the_file_back_end_adds_one_line_for_each_message(settings, tmp_path):
    settings.DATA_DIR, settings.SMS_BACKEND = tmp_path, "untoit.records.partners.sms.FileBackend"

    sms.send("+33612345678", "Rendez-vous à 9h30\nÀ bientôt", "r1")
    sms.send("+33612345679", "Bonjour")

    lines = (tmp_path / "messages" / "sms.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(one) for one in lines] == [
        {"reference": "r1", "number": "+33612345678", "text": "Rendez-vous à 9h30\nÀ bientôt"},
        {"reference": "", "number": "+33612345679", "text": "Bonjour"},
    ]


def test_the_console_back_end_writes_on_the_error_output(settings, capsys):
    settings.SMS_BACKEND = "untoit.records.partners.sms.ConsoleBackend"

    sms.send("+33612345678", "Bonjour")

    assert capsys.readouterr().err == "SMS pour +33612345678 : Bonjour\n"
