"""The terminal: one table of commands, each imported only when it is asked for.

To add a command, add a row to `COMMANDS`. `where` names either a function, which is one command
(`opstap doctor`), or a `typer.Typer`, which is a family of them (`opstap work outcomes`).
"""

import sys
from collections.abc import Sequence
from typing import NamedTuple


class Command(NamedTuple):
    """One row of `opstap --help`: where the code is, what it is for, and how it is called."""

    where: str
    help: str
    example: str


COMMANDS = {
    "demo": Command(
        "opstap.cli.demo:demo",
        "Serve a demonstration with invented people, in the data folder.",
        "opstap demo --port 8000",
    ),
    "programme": Command(
        "opstap.cli.programme:app",
        "The programmes there are; whether a protocol file is sound.",
        "opstap programme check steps",
    ),
    "eligible": Command(
        "opstap.cli.eligible:eligible",
        "Whether someone meets a programme's criteria, each with its reason.",
        "opstap eligible steps answers.json --on 2026-04-01",
    ),
    "deadlines": Command(
        "opstap.cli.deadlines:deadlines",
        "The terms of the law for one sick leave: who, by when, source, certainty.",
        "opstap deadlines --country nl --first-sick-day 2026-01-12",
    ),
    "work": Command(
        "opstap.cli.work:app",
        "Work outcomes from dated spells of hours and sick leave.",
        "opstap work outcomes spells.csv --wave-dates 2025-01-06,2025-07-07,2026-01-05",
    ),
    "instrument": Command(
        "opstap.cli.instrument:app",
        "The questionnaires there are; whether an instrument file is sound.",
        "opstap instrument list",
    ),
    "score": Command(
        "opstap.cli.score:score",
        "The scores of filled-in questionnaires in a file, by the published rules.",
        "opstap score eq5d-5l answers.csv --country nl -o scored.csv",
    ),
    "allocation": Command(
        "opstap.cli.allocation:app",
        "The concealed list of a trial: made from a secret seed, verified, tried out.",
        "opstap allocation list steps --seed-file steps.seed -o list.csv",
    ),
    "stats": Command(
        "opstap.cli.stats:app",
        "Models, curves, imputation, evidence and sample size, on a file of data.",
        'opstap stats mmrm trial.csv --formula "hours ~ arm * C(visit)" --subject person --visit visit',
    ),
    "economics": Command(
        "opstap.cli.economics:app",
        "Cost-effectiveness of a file: incremental cost and effect, net benefit, acceptability.",
        "opstap economics evaluate trial.csv --arm arm --cost costs --effect qaly --seed 7",
    ),
    "evaluate": Command(
        "opstap.cli.evaluate:evaluate",
        "The analysis plan of a study, executed: page, tables, figures and results.",
        "opstap evaluate rentree -o report/",
    ),
    "export": Command(
        "opstap.cli.export:export",
        "A study's data under study numbers, labelled, with codebook and flow: CSV, SPSS or Stata.",
        "opstap export my-study --format sav -o data/",
    ),
    "study": Command(
        "opstap.cli.study:app",
        "Open a study on a programme, yours or ours; make the first steward.",
        "opstap study open my-programme/protocol.yaml --name my-study",
    ),
    "queries": Command(
        "opstap.cli.queries:app",
        "The checks of a study on all that was handed in: queries raised and closed by rule.",
        "opstap queries run my-study",
    ),
    "audit": Command(
        "opstap.cli.audit:app",
        "Whether the audit trail is whole.",
        "opstap audit verify",
    ),
    "due": Command(
        "opstap.cli.due:due",
        "Do what fell due: invitations and reminders. Safe to run twice.",
        "opstap due",
    ),
    "bounce": Command(
        "opstap.cli.bounce:bounce",
        "Take in what a mail server reports: that a mail arrived, or came back.",
        "opstap bounce < report.eml",
    ),
    "rehearse": Command(
        "opstap.cli.rehearse:rehearse",
        "Every mail of a study's follow-up in a minute, to nobody or to you.",
        "opstap rehearse steps --people 240 --months 15 -o mails.csv",
    ),
    "doctor": Command(
        "opstap.cli.doctor:doctor",
        "What is installed, reachable and configured, and what is not.",
        "opstap doctor --json",
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the first word names and return the exit code.

    0 done, 1 a negative answer, 2 bad input, 70 a fault of ours, 130 stopped by the user.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in ("-h", "--help"):
        sys.stdout.write(overview() + "\n")
        return 0
    if words[0] == "--version":
        from opstap import __version__

        sys.stdout.write(f"opstap {__version__}\n")
        return 0
    name, rest = words[0], words[1:]
    if name not in COMMANDS:
        from difflib import get_close_matches

        near = get_close_matches(name, COMMANDS, n=1)
        mend = f"Did you mean {near[0]}?" if near else f"It knows {', '.join(COMMANDS)}."
        sys.stderr.write(f"opstap has no command {name!r}. {mend} Try: opstap --help\n")
        return 2
    from opstap.cli.mount import run

    return run(name, COMMANDS[name], rest)


def overview() -> str:
    """The text of `opstap --help`, made from the table alone."""
    width = max(len(name) for name in COMMANDS) + 2
    rows = "\n".join(f"  {name:<{width}}{command.help}" for name, command in COMMANDS.items())
    first = next(iter(COMMANDS.values()))
    return (
        "usage: opstap COMMAND [OPTIONS]\n\n"
        "Runs return-to-work programmes for people with cancer, and shows whether they work.\n\n"
        f"commands:\n{rows}\n\n"
        "Each command answers --help with an example; --json prints one JSON document.\n\n"
        f"example:\n  {first.example}"
    )
