"""Dossiers made in code: a small one that shows everything, an empty one, a hostile one, a large one.

The rules and models here are invented for tests, or simplified from real ones; nothing here is legal advice
and nothing is read by the product.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from gauger.core.dossier import CatalogueStamp, Coverage, Dossier, InstrumentNote, ScenarioNote, Tool
from gauger.core.inventory import Artifact, Digest, Endpoint, Hop, Location, Model, Use
from gauger.core.judgement import (
    READINGS,
    VERDICTS,
    Case,
    Decision,
    Finding,
    Gap,
    LegalReading,
    Outcome,
    Settle,
    Step,
    Verdict,
)
from gauger.core.lineage import Claim, Evidence, Reference
from gauger.core.profile import Profile
from gauger.core.readings import Measured, Unmeasured

AS_OF = "2026-11-10"
TOOL = Tool(name="gauger", version="0.1.0")
CATALOGUE = CatalogueStamp(
    version="2026.11.0", as_of="2026-11-05", digest="sha256:" + "0" * 64, stale=("test.ban.future",)
)

Rule = Callable[[Model, str, LegalReading], Verdict | None]
"""What a test's rule says of a model in a scenario under a reading; None where it does not reach it."""


def digest(path: str, size_bytes: int = 4_096, read_bytes: int = 4_096) -> Digest:
    """A digest that depends on the path alone."""
    sha256 = hashlib.sha256(path.encode()).hexdigest()
    return Digest(path=path, sha256=sha256, size_bytes=size_bytes, read_bytes=read_bytes)


def model(name: str, developer: str = "", **fields: object) -> Model:
    """A model of the inventory; hub weights unless told otherwise."""
    given = {"namespace": "hub", "form": "weights", **fields}
    if developer:
        given["developer"] = developer
    return Model(name=name, **given)  # type: ignore[arg-type]


def decision(
    target: Model, instrument: str, scenario: str, reading: LegalReading, verdict: Verdict
) -> Decision:
    """A decision with a derivation, what would flip it, how to settle it and when it changes."""
    open_fact = verdict in ("undetermined", "prohibited-under-strict-reading")
    developer = target.developer if isinstance(target.developer, str) else "not known"
    return Decision(
        model=target.id,
        instrument=instrument,
        cases=(Case(scenario=scenario, reading=reading),),
        verdict=verdict,
        summary=f"{target.name}: {verdict.replace('-', ' ')} by {instrument}.",
        step=Step(
            question="Does the rule catch this model?",
            truth="unknown" if open_fact else "true",
            because="all three parts must hold",
            steps=(
                Step(
                    question="Is the user bound?", truth="true", because="profile: jurisdictions include GB"
                ),
                Step(
                    question="Is the developer, or an origin's developer, on the list?",
                    truth="unknown" if developer == "not known" else "true",
                    because=f"developer by name: {developer}",
                    evidence=(target.id,),
                ),
                Step(
                    question=f"Does the text reach a model of the form {target.form}?",
                    truth="unknown" if open_fact else "true",
                    because=f"the text is silent; read as {reading}" if open_fact else "the text names it",
                ),
            ),
        ),
        duties=("Name the model and its origin in the notice to customers",) if verdict == "duties" else (),
        flips=(f"{target.name} were made by a developer who is on no list",),
        settles=(
            Settle(fact=f"lineage of {target.name}", how=f"gauger trace {target.name}", kind="factual"),
            Settle(
                fact="does 'model' include derivatives?", how="ask counsel to choose a reading", kind="legal"
            ),
        )
        if open_fact
        else (),
        changes_on=("2027-06-30",) if verdict == "watch" else (),
    )


def judged(models: tuple[Model, ...], scenarios: tuple[str, ...], rules: dict[str, Rule]) -> dict[str, tuple]:
    """The decisions and outcomes of these rules, consistent with each other, as fields of a dossier."""
    decisions: list[Decision] = []
    outcomes: list[Outcome] = []
    for target in models:
        for scenario in scenarios:
            for reading in READINGS:
                told = [(key, rule(target, scenario, reading)) for key, rule in rules.items()]
                here = [
                    decision(target, k, scenario, reading, v) for k, v in told if v not in (None, "clear")
                ]
                here.sort(key=lambda d: (VERDICTS.index(d.verdict), d.id))
                decisions += here
                outcomes.append(
                    Outcome(
                        model=target.id,
                        scenario=scenario,
                        reading=reading,
                        verdict=here[0].verdict if here else "clear",
                        decisions=tuple(d.id for d in here),
                    )
                )
    return {
        "decisions": tuple(sorted(decisions, key=lambda d: d.id)),
        "outcomes": tuple(sorted(outcomes, key=lambda o: o.id)),
    }


def instrument(key: str, title: str, **fields: object) -> InstrumentNote:
    """An instrument that binds the user, with a quote and two sources."""
    given = {
        "jurisdiction": "GB",
        "status": "in-force",
        "quote": "a covered body shall not use a model developed by a listed person",
        "sources": (f"https://law.example/{key}", "package:example-rules==1.0"),
        "checked_on": "2026-10-06",
        "next_check": "2026-12-15",
        "confidence": "high",
        "binds_user": "true",
        "binds_because": "profile: jurisdictions include GB",
        **fields,
    }
    return InstrumentNote(key=key, title=title, **given)  # type: ignore[arg-type]


SCENARIOS = (
    ScenarioNote(
        key="today", title="Law as it stands", description="What is in force on the date.", hypothetical=False
    ),
    ScenarioNote(
        key="s1-listed",
        title="Northwind Labs is listed",
        description="The developer Northwind Labs is put on the list of persons whose models are barred.",
        hypothetical=True,
        changes=("list entry added: northwind on test.list from 2026-11-10",),
    ),
    ScenarioNote(
        key="s2-wide",
        title="Ban widened to derivatives",
        description="As before, and the ban reaches everything made from such a model.",
        hypothetical=True,
        changes=("test.ban: reaches fine-tune, merge, adapter and distillate: yes",),
    ),
    ScenarioNote(
        key="s3-teacher",
        title="Foreign teacher cut off",
        description="Models served from abroad may not be called, whoever made them.",
        hypothetical=True,
    ),
)
INSTRUMENTS = (
    instrument("test.ban", "Public Bodies (Listed Models) Rules, rule 4"),
    instrument(
        "test.ban.future",
        "Public Bodies (Listed Models) Bill, clause 9",
        status="proposed",
        next_check="2026-11-01",
        confidence="low",
        binds_user="unknown",
        binds_because="gauger.yaml does not say whether the user supplies public bodies",
    ),
    instrument(
        "licence.northwind",
        "Northwind Community Licence 1.1",
        jurisdiction="licence",
        quote="You may not use the outputs to improve any other large language model",
    ),
    instrument("test.label", "AI Transparency Code, section 12", status="advisory"),
)


def small() -> Dossier:
    """A small insurer's stack in which every kind of record and every verdict occurs."""
    chat = model("nw-chat-4", "northwind", namespace="api", provider="northwind", form="api")
    renamed = model("models/beacon-7b", namespace="local", form="fine-tune", licence="mit")
    chunked = model("tern/Tern-2-14B-GGUF", "tern", form="quantised", publisher="quantsmith", family="tern-2")
    student = model("models/claims-student-1b", namespace="local", form="distillate")
    adapter = model("harbour/claims-lora", form="adapter", publisher="harbour")
    embed = model("finch/finch-embed-small", "finch", licence="apache-2.0")
    hosted = model("osprey-large", "osprey", namespace="api", provider="osprey", form="api")
    anything = model("*", namespace="api", provider="routehub", form="api")
    models = (chat, renamed, chunked, student, adapter, embed, hosted, anything)
    references = (
        _reference("family", "tern-2", "Tern 2", "tern", "Tern AI", "CN"),
        _reference("tokenizer", "tokenizer/tern-2", "Tern 2 tokenizer", "tern", "Tern AI", "CN"),
        _reference("model", "finch-7b", "Finch-7B", "finch", "Finch Research", "FR"),
        _reference("model", "nw-base-4", "Northwind Base 4", "northwind", "Northwind Labs", "CN"),
        _reference("developer", "osprey", "Osprey", "osprey", "Osprey Inc", "US"),
    )
    family, tokenizer, finch, base, _ = references
    evidence = (
        Evidence(
            probe="tokenizer-vocabulary",
            subject=renamed.id,
            reference=tokenizer.id,
            statement="all 151,643 base pieces and all 151,387 merges are those of the Tern 2 tokenizer",
            reading=Measured.exact(1.0, "share", 151_643),
            strength="exact",
            calibration="docs/methods/tokenizer: no two reference tokenizers share more than 0.61",
            inputs=(digest("models/beacon-7b/tokenizer.json", 7_031_645, 7_031_645),),
        ),
        Evidence(
            probe="structure",
            subject=renamed.id,
            reference=family.id,
            statement="all 9 sizes are those of Tern-2-7B (hidden 3584, 28 layers, 4 key-value heads)",
            reading=Measured(value=0.96, low=0.91, high=0.99, unit="share", n=9),
            strength="moderate",
            calibration="docs/methods/structure: 3 of 212 other families share these sizes",
            inputs=(digest("models/beacon-7b/config.json", 663, 663),),
            locations=(Location(path="models/beacon-7b/config.json", line=12),),
            facts={"hidden_size": 3584, "num_hidden_layers": 28, "rope_theta": 1e6},
        ),
        Evidence(
            probe="declared-metadata",
            subject=renamed.id,
            reference=finch.id,
            statement="base_model in the card's front matter names finch/Finch-7B",
            reading=Unmeasured(reason="not-supported", detail="a declaration is not measured"),
            calibration="none: a card says what its writer wants",
            inputs=(digest("models/beacon-7b/README.md", 1_204, 1_204),),
            locations=(Location(path="models/beacon-7b/README.md", line=4),),
        ),
    )
    vocabulary, structure, declared = evidence
    claims = (
        Claim(
            subject=renamed.id,
            relation="fine-tuned-from",
            object=finch.id,
            basis="declared",
            evidence=(declared.id,),
            direction="declared",
            source="models/beacon-7b/README.md:4",
        ),
        Claim(
            subject=renamed.id,
            relation="shares-tokenizer-with",
            object=tokenizer.id,
            basis="observed",
            strength="exact",
            evidence=(vocabulary.id,),
        ),
        Claim(
            subject=renamed.id,
            relation="architecture-from",
            object=family.id,
            basis="observed",
            strength="moderate",
            evidence=(structure.id,),
        ),
        Claim(
            subject=chunked.id,
            relation="quantised-from",
            object=family.id,
            basis="catalogue",
            direction="catalogue",
            source="https://models.example/tern-2",
        ),
        Claim(
            subject=student.id,
            relation="distilled-from",
            object=chat.id,
            basis="declared",
            direction="declared",
            source="train/distil.yaml:7",
        ),
        Claim(
            subject=student.id,
            relation="fine-tuned-from",
            object=finch.id,
            basis="declared",
            direction="declared",
            source="train/distil.yaml:3",
        ),
        Claim(
            subject=chat.id,
            relation="fine-tuned-from",
            object=base.id,
            basis="catalogue",
            direction="catalogue",
        ),
        Claim(
            subject=base.id,
            relation="trained-on-outputs-of",
            object=hosted.id,
            basis="alleged",
            source="https://news.example/northwind-osprey",
            alleged_by="Osprey Inc",
            answer="Northwind Labs denies it",
        ),
        Claim(
            subject=adapter.id,
            relation="adapter-of",
            object=renamed.id,
            basis="declared",
            direction="declared",
            component="attention",
            share=Measured.exact(0.02, "share", 1),
            source="adapters/claims-lora/adapter_config.json:3",
        ),
    )
    artifacts = (
        Artifact(
            kind="weights",
            location=Location(path="models/beacon-7b/model-00001-of-00002.safetensors"),
            title="beacon-7b",
            format="safetensors",
            parts=(
                "models/beacon-7b/model-00001-of-00002.safetensors",
                "models/beacon-7b/model-00002-of-00002.safetensors",
            ),
            size_bytes=15_231_233_024,
            facts={"tensors": 339, "dtype": ("BF16",)},
            model=renamed.id,
        ),
        Artifact(
            kind="credential",
            location=Location(path="deploy/.env", line=3),
            title="ROUTEHUB_API_KEY",
            model=anything.id,
        ),
        Artifact(
            kind="chip-target",
            location=Location(path="deploy/Dockerfile", line=1),
            title="Ascend 910 base image",
        ),
    )
    return Dossier(
        tool=TOOL,
        target="harbour-mutual",
        as_of=AS_OF,
        catalogue=CATALOGUE,
        profile=Profile(
            organisation="Harbour Mutual", country="GB", jurisdictions=("GB", "EU"), sector="insurance"
        ),
        profile_digest="sha256:" + "1" * 64,
        coverage=Coverage(
            files_seen=412,
            files_read=187,
            files_ignored=2_304,
            bytes_read=9_482_113,
            collectors=("compose", "dockerfile", "python", "safetensors"),
            probes=("declared-metadata", "structure", "tokenizer-vocabulary"),
        ),
        artifacts=_sorted(artifacts),
        models=_sorted(models),
        uses=_sorted(_small_uses(chat, renamed, chunked, embed, hosted, anything)),
        references=_sorted(references),
        evidence=_sorted(evidence),
        claims=_sorted(claims),
        scenarios=SCENARIOS,
        instruments=INSTRUMENTS,
        findings=_small_findings(renamed, student, claims),
        gaps=_small_gaps(renamed, student),
        inputs=tuple(digest(p) for p in ("deploy/.env", "services/quote.py", "models/beacon-7b/config.json")),
        **judged(models, tuple(s.key for s in SCENARIOS), _SMALL_RULES),
    )


def _reference(
    kind: str, key: str, title: str, developer: str, developer_title: str, country: str
) -> Reference:
    return Reference(
        kind=kind,  # type: ignore[arg-type]
        key=key,
        title=title,
        developer=developer,
        developer_title=developer_title,
        country=country,
        source=f"https://models.example/{key}",
    )


def _small_uses(*models: Model) -> tuple[Use, ...]:
    chat, renamed, chunked, embed, hosted, anything = models
    quote = Location(path="services/quote.py", line=31, column=9)
    gateway = Location(path="deploy/gateway.yaml", line=4)
    return (
        Use(
            surface="python",
            api="openai.chat.completions.create",
            location=quote,
            written="QUOTE_MODEL",
            model=chat.id,
            status="resolved",
            chain=(
                Hop(how="environment", name="QUOTE_MODEL", location=Location(path="deploy/.env", line=2)),
                Hop(how="alias", name="quote-fast", location=gateway),
            ),
            endpoint=Endpoint(
                provider="northwind",
                url="https://api.northwind.example/v1",
                basis="resolved",
                chain=(
                    Hop(how="constant", name="BASE_URL", location=Location(path="services/quote.py", line=7)),
                ),
            ),
        ),
        Use(
            surface="compose",
            api="--model",
            location=Location(path="deploy/compose.yaml", line=22),
            written="/models/beacon-7b",
            model=renamed.id,
            status="measured",
            endpoint=Endpoint(provider="self", url="http://vllm:8000", basis="declared"),
        ),
        Use(
            surface="dockerfile",
            api="ollama pull",
            location=Location(path="deploy/Dockerfile", line=9),
            written="tern/Tern-2-14B-GGUF",
            model=chunked.id,
            revision="main",
            audience="development",
        ),
        Use(
            surface="python",
            api="SentenceTransformer",
            location=Location(path="services/search.py", line=12),
            written="finch/finch-embed-small",
            model=embed.id,
            role="embedding",
        ),
        Use(
            surface="python",
            api="client.messages.create",
            location=Location(path="services/letters.py", line=44),
            written='os.environ.get("LETTER_MODEL", "osprey-large")',
            model=hosted.id,
            status="inferred",
            endpoint=Endpoint(
                provider=Unmeasured(reason="not-resolved", detail="LETTER_URL is set outside the repository"),
                basis="unresolved",
            ),
            note="LETTER_MODEL is set outside the repository; the default was taken",
        ),
        Use(
            surface="dotenv",
            api="ROUTEHUB_API_KEY",
            location=Location(path="deploy/.env", line=3),
            written="ROUTEHUB_API_KEY",
            model=anything.id,
            role="access",
            status="unresolved",
            note="a key, and no call that uses it",
        ),
        Use(
            surface="python",
            api="comment",
            location=Location(path="services/quote.py", line=3),
            written="nw-chat-4",
            model=chat.id,
            status="mention",
            note="a comment",
        ),
    )


def _small_findings(renamed: Model, student: Model, claims: tuple[Claim, ...]) -> tuple[Finding, ...]:
    return (
        Finding(
            rule="lineage-contradicted",
            severity="high",
            confidence="high",
            audience=("security", "compliance"),
            subject=renamed.id,
            locations=(
                Location(path="models/beacon-7b/README.md", line=4),
                Location(path="models/beacon-7b/tokenizer.json"),
            ),
            message="The card says Finch-7B; tokenizer and structure are those of Tern 2.",
            remedy="Ask whoever supplied the folder for its training record, or replace it.",
            evidence=tuple(sorted((claims[0].id, claims[1].id))),
        ),
        Finding(
            rule="teacher-terms",
            severity="medium",
            confidence="medium",
            audience=("compliance",),
            subject=student.id,
            locations=(Location(path="train/distil.yaml", line=7),),
            message="The student is trained on outputs of a model whose terms speak of training on outputs.",
            remedy="Read licence.northwind and decide, with a date and a name.",
        ),
        Finding(
            rule="unpinned-revision",
            severity="low",
            confidence="high",
            audience=("platform",),
            locations=(Location(path="deploy/Dockerfile", line=9),),
            message="The image pulls a moving revision.",
            remedy="Pin a commit.",
            accepted_by="A. Pilot",
            accepted_until="2027-01-31",
            accepted_because="development image only",
        ),
    )


def _small_gaps(renamed: Model, student: Model) -> tuple[Gap, ...]:
    gaps = (
        Gap(
            part="safetensors",
            reason="malformed",
            location=Location(path="models/claims-student-1b/model.safetensors"),
            subject=student.id,
            detail="the header says 9,223,372,036,854,775,807 bytes, the file has 1,024",
            touches=("lineage of models/claims-student-1b",),
            remedy="fetch the file again",
        ),
        Gap(
            part="weights",
            reason="no-reference",
            subject=renamed.id,
            detail="no reference weights of Tern 2 are on this machine",
            touches=("lineage of models/beacon-7b",),
            remedy="gauger trace models/beacon-7b --reference PATH",
        ),
        Gap(part="walk", reason="unreadable", location=Location(path="secrets"), detail="Permission denied"),
    )
    return tuple(sorted(gaps, key=lambda g: g.id))


def _ban(target: Model, scenario: str, _: LegalReading) -> Verdict | None:
    if target.developer == "tern":
        return "prohibited"
    if scenario != "today" and target.developer == "northwind":
        return "prohibited"
    return "prohibited" if scenario == "s3-teacher" and target.namespace == "api" else None


def _derivatives(target: Model, scenario: str, reading: LegalReading) -> Verdict | None:
    if target.form not in ("fine-tune", "distillate", "adapter"):
        return "watch" if target.developer == "finch" else None
    silent: dict[LegalReading, Verdict | None] = {
        "literal": None,
        "cautious": "prohibited-under-strict-reading",
        "strict": "prohibited",
    }
    return "prohibited" if scenario == "s2-wide" else silent[reading]


def _licence(target: Model, _: str, __: LegalReading) -> Verdict | None:
    return "unlicensed" if target.form == "distillate" else None


def _label(target: Model, _: str, __: LegalReading) -> Verdict | None:
    if target.name == "*":
        return "undetermined"
    return "duties" if target.name == "osprey-large" else None


_SMALL_RULES: dict[str, Rule] = {
    "test.ban": _ban,
    "test.ban.future": _derivatives,
    "licence.northwind": _licence,
    "test.label": _label,
}


def _sorted(records: tuple) -> tuple:
    return tuple(sorted(records, key=lambda r: r.id))


def empty() -> Dossier:
    """A run that found nothing and missed nothing."""
    return Dossier(tool=TOOL, target="empty", as_of=AS_OF, catalogue=CATALOGUE)


HOSTILE_NAMES = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "' onmouseover='alert(3)",
    "{{ 7 * 7 }}{% raw %}",
    "safe\u202egnp.exe",
    "zero\u200bwidth\x1b[31mred",
    "javascript:alert(4)",
    "]]></style><svg onload=alert(5)>",
    "模型/深度-7B-" + "長" * 60,
    "a" * 390,
    "",
)


def hostile() -> Dossier:
    """A dossier in which every text that a stranger can choose tries to break the page or the terminal."""
    models = tuple(model(name, name or "x") for name in HOSTILE_NAMES)
    first = models[0]
    reference = Reference(
        kind="model",
        key="<b>",
        title="<b>bold</b>",
        developer="<i>",
        developer_title="<i>",
        source="javascript:1",
    )
    evil = HOSTILE_NAMES[1]
    return Dossier(
        tool=TOOL,
        target="<svg/onload=alert(6)>",
        as_of=AS_OF,
        catalogue=CATALOGUE,
        models=_sorted(models),
        uses=_sorted(
            tuple(
                Use(
                    surface=evil,
                    api=evil,
                    location=Location(path=evil, line=1),
                    written=evil,
                    model=m.id,
                    endpoint=Endpoint(provider=evil, url="javascript:alert(7)", basis="declared"),
                    note=evil,
                )
                for m in models
            )
        ),
        references=(reference,),
        claims=_sorted(
            tuple(
                Claim(
                    subject=m.id,
                    relation="same-as",
                    object=reference.id,
                    basis="declared",
                    source="javascript:alert(8)",
                )
                for m in models
            )
        ),
        scenarios=(
            ScenarioNote(key="<s>", title=evil, description=evil, hypothetical=True, changes=(evil,)),
        ),
        instruments=(
            instrument("<i>", evil, quote=evil, sources=("javascript:alert(9)", "data:text/html,x")),
        ),
        findings=(
            Finding(
                rule=evil,
                severity="critical",
                confidence="low",
                audience=("security",),
                subject=first.id,
                message=evil,
            ),
        ),
        gaps=(Gap(part=evil, reason="malformed", detail=evil, location=Location(path=evil)),),
        inputs=(digest(evil),),
        **judged(models[:3], ("<s>",), {"<i>": lambda *_: "prohibited"}),
    )


def large(models: int = 80, instruments: int = 15, scenarios: int = 5) -> Dossier:
    """A dossier of this many models, instruments and scenarios under all three readings, fully decided.

    Every second instrument reaches each model, as in a stack whose models come from many developers.
    """
    developers = tuple(f"dev{n}" for n in range(9))
    inventory = tuple(
        model(
            f"team-{n % 13}/service-model-{n:03d}",
            developers[n % 9] if n % 7 else "",
            publisher=f"team-{n % 13}",
        )
        for n in range(models)
    )
    references = tuple(
        _reference("family", f"family-{n}", f"Family {n}", f"dev{n % 9}", f"Developer {n % 9}", "CN")
        for n in range(max(1, models // 6))
    )
    notes = tuple(
        instrument(f"rule.{n}", f"Rule number {n} on listed models", quote=f"text of rule {n} " * 8)
        for n in range(instruments)
    )
    worlds = tuple(
        ScenarioNote(key=f"s{n}", title=f"Scenario number {n}", description="What if.", hypothetical=n > 0)
        for n in range(scenarios)
    )
    evidence = tuple(
        Evidence(
            probe="structure",
            subject=m.id,
            reference=references[n % len(references)].id,
            statement=f"sizes of model {n} match",
            reading=Measured.exact(1.0, "share", 9),
            strength="strong",
            calibration="docs/methods/structure",
        )
        for n, m in enumerate(inventory)
        if n % 2
    )
    claims = tuple(
        Claim(
            subject=e.subject,
            relation="fine-tuned-from",
            object=e.reference,
            basis="observed",
            strength="strong",
            evidence=(e.id,),
        )
        for e in evidence
    )
    return Dossier(
        tool=TOOL,
        target="large",
        as_of=AS_OF,
        catalogue=CATALOGUE,
        models=_sorted(inventory),
        uses=_sorted(tuple(_large_use(m, n, k) for n, m in enumerate(inventory) for k in range(1 + n % 4))),
        references=_sorted(references),
        evidence=_sorted(evidence),
        claims=_sorted(claims),
        scenarios=worlds,
        instruments=notes,
        inputs=tuple(digest(f"src/file{n:04d}.py") for n in range(models * 3)),
        **judged(
            inventory, tuple(s.key for s in worlds), {f"rule.{n}": _large_rule(n) for n in range(instruments)}
        ),
    )


def _large_use(target: Model, n: int, k: int) -> Use:
    return Use(
        surface="python",
        api="from_pretrained",
        location=Location(path=f"services/svc{n:03d}/app.py", line=10 + k),
        written=target.name,
        model=target.id,
    )


def _large_rule(number: int) -> Rule:
    def rule(target: Model, scenario: str, reading: LegalReading) -> Verdict | None:
        order = int(target.name.rsplit("-", 1)[1])
        if (order + number) % 2 or order % 5 == 0:
            return None
        mild: Verdict = "duties" if number % 3 else "watch"
        if number % 5 == 0 and scenario >= f"s{1 + order % 4}":
            return {"literal": mild, "cautious": "undetermined", "strict": "prohibited"}[reading]  # type: ignore[return-value]
        return mild

    return rule
