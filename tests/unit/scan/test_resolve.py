"""How names are followed over the bindings of a whole stack."""

from __future__ import annotations

from gauger.core.inventory import Location
from gauger.core.limits import DEFAULT_LIMITS
from gauger.scan.collector import Binding
from gauger.scan.resolve import Broken, Found, Outcome, Resolver
from gauger.scan.values import Either, Joined, Name, NameKind, Text, Value


def at(path: str, line: int = 1) -> Location:
    """A place."""
    return Location(path=path, line=line)


def text(value: str, path: str = "x", line: int = 1) -> Text:
    """A text at a place."""
    return Text(text=value, location=at(path, line))


def name(
    wanted: str, path: str = "app/main.py", default: Value | None = None, kind: NameKind = "environment"
) -> Name:
    """A name used at a place."""
    return Name(kind=kind, name=wanted, location=at(path), default=default)


def binding(
    of: str, value: Value, path: str, scope: str = "", kind: NameKind = "environment", **more: bool
) -> Binding:
    """A definition at a place."""
    return Binding(kind=kind, name=of, value=value, location=at(path), scope=scope, **more)


def follow(value: Value, *bindings: Binding) -> tuple[Outcome, ...]:
    """What a value stands for among these bindings."""
    return Resolver(bindings, DEFAULT_LIMITS).resolve(value)


def texts(outcomes: tuple[Outcome, ...]) -> list[tuple[str, bool]]:
    """Text and certainty of those that have one."""
    return [(o.text, o.certain) for o in outcomes if isinstance(o, Found)]


def test_the_nearest_scope_wins() -> None:
    """A service's own `.env` overrides the one at the root."""
    near = binding("M", text("near", "app/.env"), "app/.env", "app")
    far = binding("M", text("far", ".env"), ".env", "")
    assert texts(follow(name("M"), far, near)) == [("near", True)]
    assert texts(follow(name("M", "other/x.py"), far, near)) == [("far", True)]


def test_a_definition_elsewhere_is_a_possibility_beside_the_default() -> None:
    """A ConfigMap in another folder may or may not apply: both values, neither certain."""
    elsewhere = binding("M", text("theirs", "k8s/c.yaml"), "k8s/c.yaml", "k8s")
    assert texts(follow(name("M", default=text("ours")), elsewhere)) == [("theirs", False), ("ours", False)]


def test_a_default_that_nothing_overrides_is_certain() -> None:
    """Its hop says that it is a default."""
    (found,) = follow(name("M", default=text("ours", "app/main.py", 7)))
    assert isinstance(found, Found)
    assert (found.text, found.certain) == ("ours", True)
    assert [(hop.how, hop.location.line) for hop in found.chain] == [("default", 7)]


def test_an_overridable_definition_leaves_room_for_others() -> None:
    """`ENV` in a Dockerfile holds unless a deployment says otherwise."""
    soft = binding("M", text("image", "Dockerfile"), "Dockerfile", "", overridable=True)
    hard = binding("M", text("cluster", "k8s/c.yaml"), "k8s/c.yaml", "k8s")
    assert texts(follow(name("M"), soft, hard)) == [("image", False), ("cluster", False)]
    assert texts(follow(name("M"), soft)) == [("image", False)]


def test_the_last_assignment_of_one_file_counts() -> None:
    """A `.env` that sets a name twice means the second."""
    first = Binding(kind="environment", name="M", value=text("one"), location=at(".env", 1))
    second = Binding(kind="environment", name="M", value=text("two"), location=at(".env", 2))
    assert texts(follow(name("M"), second, first)) == [("two", True)]


def test_a_chain_runs_through_several_files_and_ends_at_the_text() -> None:
    """Each hop names what was followed and where its value was found."""
    (found,) = follow(
        name("app/config:MODEL", kind="symbol"),
        binding(
            "services/app/config:MODEL",
            name("M", "services/app/config.py"),
            "services/app/config.py",
            kind="symbol",
        ),
        binding("M", text("x/y", ".env", 3), ".env"),
    )
    assert isinstance(found, Found)
    assert [(h.how, h.name, h.location.path) for h in found.chain] == [
        ("constant", "MODEL", "services/app/config.py"),
        ("environment", "M", ".env"),
    ]
    assert found.chain[-1].location == found.location == at(".env", 3)


def test_a_broken_chain_says_where_and_why() -> None:
    """The place is that of the last name that could not be followed."""
    (broken,) = follow(name("A"), binding("A", name("B", ".env"), ".env"))
    assert isinstance(broken, Broken)
    assert broken.location == at(".env")
    assert "B is not set anywhere" in broken.why


def test_cycles_end() -> None:
    """Names that define each other are broken, not endless."""
    (broken,) = follow(name("A"), binding("A", name("B"), "1"), binding("B", name("A"), "2"))
    assert isinstance(broken, Broken)
    assert "refers to itself" in broken.why


def test_joined_parts_and_alternatives_multiply() -> None:
    """Every combination is one possibility."""
    either = Either(options=(text("a"), text("b")))
    joined = Joined(parts=(text("org/"), either))
    assert texts(follow(joined)) == [("org/a", False), ("org/b", False)]


def test_a_setting_is_found_by_the_end_of_its_path_and_the_nearest_file_wins() -> None:
    """Code says `config/s.yaml`; which folder it runs from is not known."""
    wanted = name("config/s.yaml#llm.model", "a/src/x.py", kind="setting")
    mine = binding("a/config/s.yaml#llm.model", text("mine"), "a/config/s.yaml", "a/config", "setting")
    theirs = binding("b/config/s.yaml#llm.model", text("theirs"), "b/config/s.yaml", "b/config", "setting")
    other = binding("a/myconfig/s.yaml#llm.model", text("no"), "a/myconfig/s.yaml", "a/myconfig", "setting")
    assert texts(follow(wanted, mine, theirs, other)) == [("mine", True)]


def test_an_attribute_of_a_package_may_be_its_module() -> None:
    """`from app import config; config.MODEL` finds `app/config.py`."""
    constant = binding("app/config:MODEL", text("x/y"), "app/config.py", kind="symbol")
    assert texts(follow(name("app:config.MODEL", kind="symbol"), constant)) == [("x/y", True)]
