"""What single pieces of the core do."""

from __future__ import annotations

import msgspec
import pytest

from gauger.core.dossier import CatalogueStamp, Dossier, Tool, load
from gauger.core.errors import LimitExceeded, Malformed, UsageError
from gauger.core.inventory import Location
from gauger.core.judgement import Gap
from gauger.core.limits import Limits
from gauger.core.lineage import Claim, strongest
from gauger.core.plugin import Registry, guarded
from gauger.core.profile import AcceptedRisk, Profile
from gauger.core.strict import convert


class Named:
    """A plugin with nothing but a name."""

    def __init__(self, ident):
        self.ident = ident


def fail_with(error):
    """An action that raises this."""

    def action():
        raise error

    return action


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Malformed("x"), "malformed"),
        (LimitExceeded("x"), "limit-exceeded"),
        (PermissionError(13, "Permission denied"), "unreadable"),
        (RecursionError(), "limit-exceeded"),
        (MemoryError(), "limit-exceeded"),
        (ZeroDivisionError("x"), "malformed"),
    ],
)
def test_the_guard_turns_any_failure_into_a_gap(error, reason):
    """Each kind of failure becomes a gap with its reason and place."""
    gap = guarded("reader", fail_with(error), location=Location(path="a"), touches=("lineage of a",))
    assert isinstance(gap, Gap)
    assert (gap.part, gap.reason, gap.touches) == ("reader", reason, ("lineage of a",))
    assert gap.location == Location(path="a")


def test_the_guard_says_when_a_failure_is_our_bug():
    """An error of an unexpected kind asks to be reported; one that a reader raises on purpose does not."""
    bug = guarded("reader", fail_with(KeyError("x")))
    plain = guarded("reader", fail_with(Malformed("x")))
    assert "report" in bug.remedy
    assert bug.detail.startswith("bug in reader")
    assert plain.remedy == ""


def test_the_guard_lets_a_callers_mistake_through():
    """A usage error is not hostile input."""
    with pytest.raises(UsageError):
        guarded("reader", fail_with(UsageError("x")))


def test_the_guard_returns_what_the_action_returns():
    """Without a failure the answer comes back unchanged."""
    assert guarded("reader", lambda: 7) == 7


def test_two_plugins_of_one_name_are_refused():
    """Idents are unique within a seam."""
    with pytest.raises(UsageError, match="two plugins"):
        Registry("collector", (Named("a"), Named("a")))


def test_an_unknown_plugin_is_named_with_the_known_ones():
    """The message helps."""
    with pytest.raises(UsageError, match="known: a, b"):
        Registry("collector", (Named("a"), Named("b"))).get("c")


@pytest.mark.parametrize("amount", [-1, 11])
def test_a_bound_is_checked_at_both_ends(amount):
    """Negative amounts are as wrong as excessive ones; the bound itself is allowed."""
    limits = Limits(tensors=10)
    assert limits.check(10, "tensors") == 10
    with pytest.raises(LimitExceeded, match="tensors"):
        limits.check(amount, "tensors", subject="file")


def test_a_declared_claim_has_no_strength():
    """What nobody observed cannot be strong, and an observation names its evidence."""
    with pytest.raises(ValueError, match="no strength"):
        Claim(subject="a", relation="same-as", object="b", basis="declared", strength="strong")
    with pytest.raises(ValueError, match="evidence"):
        Claim(subject="a", relation="same-as", object="b", basis="observed", strength="strong")


def test_the_strongest_claim_is_an_observed_one():
    """Declared and alleged claims never win."""
    weak = Claim(
        subject="a", relation="same-as", object="b", basis="observed", strength="weak", evidence=("e",)
    )
    exact = Claim(
        subject="a", relation="same-as", object="c", basis="observed", strength="exact", evidence=("e",)
    )
    said = Claim(subject="a", relation="same-as", object="d", basis="alleged", alleged_by="x", answer="no")
    assert strongest((weak, said, exact)) == exact
    assert strongest((said,)) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"reding": "strict"}, "did you mean 'reading'"),
        ({"reading": "strikt"}, "did you mean 'strict'"),
        ({"accepted": [{"rul": "x"}]}, "did you mean 'rule'"),
        ({"zzzzz": 1}, "known keys: organisation"),
    ],
)
def test_a_misspelt_key_is_answered_with_the_right_one(value, words):
    """The nearest right key or value is named."""
    with pytest.raises(UsageError) as caught:
        convert(value, Profile, subject="gauger.yaml")
    assert words in str(caught.value)


@pytest.mark.parametrize("day", ["2026-02-30", "yesterday", ""])
def test_a_dossier_of_a_day_that_does_not_exist_is_refused(day: str) -> None:
    """Rules cannot be evaluated for it, so the document says nothing that can be believed."""
    tool, stamp = (
        Tool(name="gauger", version="0"),
        CatalogueStamp(version="0", as_of="2026-01-01", digest="sha256:0"),
    )
    dossier = Dossier(tool=tool, target="t", as_of=day, catalogue=stamp)
    with pytest.raises(Malformed, match="no such day"):
        load(msgspec.json.encode(dossier))


@pytest.mark.parametrize("day", ["never", "20261231", "2026-W53-1"])
def test_a_document_with_an_acceptance_that_cannot_run_out_is_refused(day: str) -> None:
    """Days decide by comparison as text: a forged one that comes after every other would count for ever."""
    risk = AcceptedRisk(rule="r", subject="s", owner="o", reason="b", expires=day)
    forged = Dossier(
        tool=Tool(name="gauger", version="0.1.0"),
        target="x",
        as_of="2026-11-24",
        catalogue=CatalogueStamp(version="1", as_of="2026-11-24", digest="sha256:0"),
        profile=Profile(accepted=(risk,)),
    )
    with pytest.raises(Malformed, match="no such day"):
        load(msgspec.json.encode(forged))
