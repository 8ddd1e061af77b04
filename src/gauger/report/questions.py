"""A profile to fill in: the questions that decide most for one stack, as a commented `gauger.yaml`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from gauger.catalogue.records import ProfileQuestion
from gauger.core.dossier import Dossier
from gauger.core.text import printable
from gauger.report.words import plural

_FACT = "profile."
_PLACES = "profile.jurisdictions"
_WIDTH = 108


def profile_to_fill_in(dossier: Dossier, questions: Mapping[str, ProfileQuestion]) -> str:
    """Which answers are missing, those that decide most first? YAML that loads as it is and answers nothing.

    A question is listed if some verdict of the document waits for it, under any reading and in any scenario.
    What the document's own profile answers is not asked again.

    Args:
        dossier: A checked stack.
        questions: The catalogue's, by id.
    """
    return "\n".join(_lines(dossier, questions)) + "\n"


def _lines(dossier: Dossier, questions: Mapping[str, ProfileQuestion]) -> Iterator[str]:
    waiting = _waiting(dossier)
    open_ = sorted((ident for ident in waiting if ident in questions), key=lambda i: (-len(waiting[i][0]), i))
    target = printable(dossier.target, 60)
    yield f"# Who you are, as far as the rules ask, for {target}. What is left out is unknown, never no."
    yield f"# {plural(len(open_), 'question')} below; each says how many of your models wait for it."
    if not dossier.profile.jurisdictions:
        models = len(waiting.get("jurisdictions", (set(), set()))[0])
        yield ""
        yield "# First of all: every place whose law applies to you (GB, EU, US, US-TX, …)."
        yield f"# {plural(models, 'model')} wait{'s' if models == 1 else ''} for it; most rules end here."
        yield "# country: GB"
        yield "# jurisdictions: [GB]"
    if open_:
        yield ""
        yield "facts:"
    for ident in open_:
        question = questions[ident]
        models_, rules = (len(part) for part in waiting[ident])
        number = question.answer == "number"
        yield ""
        yield from _comment(f"{question.who_knows}: {question.question}")
        yield from _comment(f"{plural(models_, 'model')} and {plural(rules, 'rule')} wait for the answer.")
        yield f"  # {ident}: {'0' if number else 'false'}" + (f"  # {question.unit}" if number else "")


def _waiting(dossier: Dossier) -> dict[str, tuple[set[str], set[str]]]:
    """The models and the rules that wait for each answer."""
    found: defaultdict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for decision in dossier.decisions:
        for settle in decision.settles:
            if settle.fact.startswith(_FACT):
                models, rules = found[settle.fact.removeprefix(_FACT)]
                models.add(decision.model)
                rules.add(decision.instrument)
    return found


def _comment(text: str) -> Iterator[str]:
    line = "  #"
    for word in printable(text, 600).split():
        if len(line) + len(word) + 1 > _WIDTH:
            yield line
            line = "  #"
        line += f" {word}"
    yield line
