"""Every exception that the software raises on purpose. Each carries a sentence in French that can be read aloud."""


class UntoitError(Exception):
    """An expected refusal: ``sentence`` says where, what was seen and what is expected, in French."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class UnusableInput(UntoitError):
    """A file or an argument that cannot be used at all: the command ends with exit code 2 and writes nothing."""


class UnknownSituation(UntoitError):
    """A situation that the text of law does not describe: it goes to a person, never to a default branch."""


class NoService(UntoitError):
    """The timetable has no trip on that date."""


class ParameterMissing(UntoitError):
    """No value of a dated parameter is known on that date."""


class WorkerFailed(UntoitError):
    """A helper process (tax and benefit simulation, solver) stopped before it answered."""


class Refused(UntoitError):
    """An act that the state of things does not allow; the screen shows the sentence and nothing has changed."""


class Conflict(Refused):
    """Somebody else changed the same thing meanwhile: the sentence says who and when, and nothing is overwritten."""
