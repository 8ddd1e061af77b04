"""One instrument, compiled: conditions as closures, cells as truth values under silence."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from gauger.assess.kleene import FALSE, TRUE, UNKNOWN, Kleene, conjunction, disjunction
from gauger.assess.predicates import MEANING, Asked, Ground, negated
from gauger.assess.strand import Strand
from gauger.assess.user import User
from gauger.catalogue import records
from gauger.catalogue.conditions import Node, parse
from gauger.catalogue.records import Cell, Developer, Instrument
from gauger.core.errors import CatalogueError
from gauger.core.profile import Ruling

NOBODY = Strand(relation="own", forms=(), level=0)
"""The strand that a condition about the user alone is asked with; no such condition looks at it."""

LICENCE = "licence"
"""Jurisdiction of the rules that follow from licences: they are asked only of lines whose developer is known;
the lines whose developer is not known are asked about once, by the rule `origin.unknown`. Conditions are
asked only of a known licence: that one is not known is said once, by the rule `licence.unknown`."""

TERMS = "terms"
"""Jurisdiction of the rules that follow from a provider's terms of service. They bind whoever calls the
service, whosever model answers: they are asked of each line that is called through somebody."""


class Tree:
    """A condition, compiled: the same tree with a function at every node.

    Args:
        node: The condition.
        ground: What its predicates look up.
    """

    def __init__(self, node: Node, ground: Ground) -> None:
        self.node = node
        self.children = tuple(Tree(child, ground) for child in node.children)
        self.asked: Asked = self._compiled(ground)

    def _compiled(self, ground: Ground) -> Asked:
        if self.node.word is not None:
            return MEANING[self.node.word.ident](ground, self.node.argument)
        parts = tuple(child.asked for child in self.children)
        if self.node.op == "not":
            return negated(parts[0])
        if len(parts) == 1:
            return parts[0]
        fold = conjunction if self.node.op == "all" else disjunction
        return lambda user, strand, day: fold([part(user, strand, day) for part in parts])


class Exemption:
    """A condition under which an instrument does not apply.

    Attributes:
        title: What it is, for people.
        kind: `exemption` or `waiver`.
        tree: The condition; None for a waiver that somebody would have to grant.
    """

    def __init__(self, record: records.Exemption, ground: Ground, subject: str) -> None:
        self.title = record.title
        self.kind = record.kind
        if not self.title:
            raise CatalogueError("an exception needs a title", subject=subject)
        self.tree = (
            None if record.when is None else Tree(parse(record.when, subject=f"{subject}: when"), ground)
        )


class Rule:
    """An instrument, ready to be asked.

    Args:
        instrument: The record.
        ground: What its predicates look up.
        held: By form, what counsel decided where the text is silent. A ruling on a form of which the text
            speaks has no effect.

    Attributes:
        variants: The same rule with amendments, by them: see `gauger.assess.amend`.
        noted: What explanations worked out of it before, so that they do so once for all models.

    Raises:
        CatalogueError: a condition is wrong.
    """

    def __init__(
        self, instrument: Instrument, ground: Ground, held: Mapping[str, Ruling] | None = None
    ) -> None:
        where = f"instruments/{instrument.id}"
        self.instrument = instrument
        self.held = {f: r for f, r in (held or {}).items() if self.silent_on(f)}
        self.entries = ground.entries
        self.ground = ground
        self.binds_tree = Tree(
            parse(instrument.binds, subject=f"{where}: binds", scopes=("profile",)), ground
        )
        self.test_tree = Tree(parse(instrument.test, subject=f"{where}: test"), ground)
        self.test = self.test_tree.asked
        self.exemptions = tuple(
            Exemption(record, ground, f"{where}: exceptions") for record in instrument.exceptions
        )
        self.of_terms = instrument.jurisdiction == TERMS
        self.of_licence = self.of_terms or instrument.jurisdiction == LICENCE
        self._held = tuple(e.tree.asked for e in self.exemptions if e.tree is not None)
        self._cells: dict[tuple[str, ...], tuple[Kleene, Kleene]] = {}
        self.variants: dict[Any, Rule] = {}
        self.noted: dict[Any, Any] = {}

    def binds(self, user: User, day: str) -> Kleene:
        """Is this user bound?"""
        return self.binds_tree.asked(user, NOBODY, day)

    def trees(self) -> tuple[Tree, ...]:
        """All conditions: whom it binds, what it tests, its exceptions."""
        return (self.binds_tree, self.test_tree, *(e.tree for e in self.exemptions if e.tree is not None))

    @cached_property
    def questions(self) -> tuple[str, ...]:
        """Which questions does it ask of the profile, each once, in the order in which they are written?"""
        words = (pair for tree in self.trees() for pair in tree.node.words())
        return tuple(dict.fromkeys(argument[0] for word, argument in words if word.ident == "fact"))

    @cached_property
    def places(self) -> frozenset[str]:
        """Of which places does it ask whether their law applies to the user?"""
        words = (pair for tree in self.trees() for pair in tree.node.words())
        return frozenset(code for word, codes in words if word.ident == "jurisdiction" for code in codes)

    @cached_property
    def figures(self) -> tuple[tuple[str, float], ...]:
        """Which numbers does it ask of the profile, and with what does it compare each?"""
        words = (pair for tree in self.trees() for pair in tree.node.words())
        asked = ((argument[1], float(argument[0])) for word, argument in words if word.argument == "figure")
        return tuple(dict.fromkeys(asked))

    @cached_property
    def asks_the_user(self) -> bool:
        """Does it depend on the user, besides whom it binds, whether a model is caught?"""
        trees = self.trees()[1:]
        return any(word.scope == "profile" for tree in trees for word, _ in tree.node.words())

    @cached_property
    def asks_how(self) -> bool:
        """Does it ask by which relation a model descends? Of licences: does it speak of outputs?"""
        return any(word.ident == "relation" for word, _ in self.test_tree.node.words())

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """Which terms of service does it follow from?"""
        words = self.test_tree.node.words()
        return tuple(ident for word, asked in words if word.ident == "service-terms" for ident in asked)

    @cached_property
    def looks_up_lists(self) -> bool:
        """Does the answer depend on list entries?"""
        return any(
            word.argument in {"lists", "stake-of-listed"}
            for tree in self.trees()
            for word, _ in tree.node.words()
        )

    @cached_property
    def asks_for_stakes(self) -> bool:
        """Does the answer depend on who holds shares of the developer?"""
        words = (pair for tree in self.trees() for pair in tree.node.words())
        return any(word.argument in {"stake-of", "stake-of-listed"} for word, _ in words)

    @property
    def developers(self) -> Mapping[str, Developer]:
        """The developers with their shares, as the rule sees them."""
        return self.ground.developers

    def asks(self, strand: Strand) -> bool:
        """Is this line of descent one that the rule is asked about?"""
        if not self.of_licence:
            return True
        if self.of_terms:
            return bool(strand.through) or not strand.through_known
        conditions_of_an_unknown_licence = self.instrument.effect == "duty" and not strand.licence
        of_copies = self.cell("api") == "no" and not self.asks_how
        nobody_has_a_copy = strand.service and of_copies
        gives_way = strand.superseded or nobody_has_a_copy or conditions_of_an_unknown_licence
        return bool(strand.developer) and not gives_way

    def reach(self, forms: tuple[str, ...]) -> tuple[Kleene, Kleene]:
        """Does the text reach these forms, with silence read as no, and with silence read as yes?

        Where the facts leave several forms open, the answer is known only if it is the same for all.
        """
        if forms not in self._cells:
            cells = {self.cell(form) for form in forms}
            self._cells[forms] = (_agree(cells, {"yes"}), _agree(cells, {"yes", "silent"}))
        return self._cells[forms]

    def silent_on(self, form: str) -> bool:
        """Does the text say nothing of this form?"""
        return self.instrument.reaches.get(form, "silent") == "silent"

    def cell(self, form: str) -> Cell:
        """Does the rule reach this form: as the text says, or, where it is silent, as counsel decided?"""
        if form in self.held:
            return "yes" if self.held[form].held == "reached" else "no"
        return self.instrument.reaches.get(form, "silent")

    @cached_property
    def unruled(self) -> Rule:
        """The same rule without counsel's decisions: what silence would have left open."""
        return Rule(self.instrument, self.ground) if self.held else self

    def caught(self, user: User, strand: Strand, day: str, counts_from: int) -> tuple[Kleene, Kleene]:
        """Is this line of descent caught, were the user bound; silence read as no, and as yes?"""
        there = self.present(strand, counts_from)
        if there == FALSE or not self.asks(strand):
            return FALSE, FALSE
        least, most = self.reach(strand.forms)
        facts = min(there, self.test(user, strand, day))
        if facts == FALSE or most == FALSE:
            return FALSE, FALSE
        facts = min(facts, TRUE - self.exempt(user, strand, day))
        return min(facts, least), min(facts, most)

    def present(self, strand: Strand, counts_from: int) -> Kleene:
        """Is the line there for this rule? That a service is called is certain, whosever model answers."""
        called = self.of_terms and strand.relation == "own"
        return TRUE if called else strand.present(counts_from)

    def exempt(self, user: User, strand: Strand, day: str) -> Kleene:
        """Does an exception hold? One that nobody has granted yet does not."""
        return max((asked(user, strand, day) for asked in self._held), default=FALSE)


def _agree(cells: set[Cell], yes: set[Cell]) -> Kleene:
    if cells <= yes:
        return TRUE
    return UNKNOWN if cells & yes else FALSE
