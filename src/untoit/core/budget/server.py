"""
The worker process of the budget engine: loads OpenFisca-France once, then answers batches until its input ends.

It speaks pickles over its standard input and output: first what amounts it knows, then, for each list of cases, the
array of :meth:`untoit.core.budget.simulation.TaxSystem.compute` or a sentence that says why there is none.
"""

import os
import pickle
import sys
import warnings


def main() -> None:
    """Answer until the parent closes the pipe."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that a library prints may reach the pipe of the answers
    warnings.simplefilter("ignore")
    from untoit.core.budget.simulation import TaxSystem

    system = TaxSystem()
    _send(replies, system.amounts_known)
    while True:
        try:
            cases = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer: object = system.compute(cases)
        except Exception as problem:
            answer = f"{type(problem).__name__} : {str(problem)[:300]}"
        _send(replies, answer)


def _send(replies: object, answer: object) -> None:
    pickle.dump(answer, replies, protocol=pickle.HIGHEST_PROTOCOL)  # type: ignore[arg-type]
    replies.flush()  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
