"""Which models stand behind the aliases of a LiteLLM proxy?"""

from __future__ import annotations

import re

from gauger.core.inventory import Location
from gauger.core.text import printable
from gauger.scan.collector import Binding, Candidate, Collected, FileView
from gauger.scan.document_kinds import is_litellm
from gauger.scan.environment import Variable, read_variables
from gauger.scan.harvest import Harvest
from gauger.scan.model_words import could_be_model, is_secret_name
from gauger.scan.values import Name, Text, Value
from gauger.scan.yaml_place import Spot, yaml_documents

_FROM_ENVIRONMENT = re.compile(r"^os\.environ/([A-Za-z_][A-Za-z0-9_]*)$")


class Litellm:
    """LiteLLM proxy configurations, told by their contents whatever the file is called."""

    ident = "litellm"
    globs: tuple[str, ...] = ("**/*.yml", "**/*.yaml", "**/*.json")
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """Read the model list and the aliases of the router.

        Raises:
            Malformed: a file with a `model_list` is not YAML.
            LimitExceeded: above the bounds.
            Unreadable: it cannot be read.
        """
        text = view.text()
        if "model_list" not in text or "litellm_params" not in text:
            return Collected()
        harvest = Harvest()
        for document in yaml_documents(text, str(view.path), view.limits):
            if is_litellm(document):
                read_litellm(document, harvest)
        return harvest.collected()


def read_litellm(document: Spot, harvest: Harvest) -> None:
    """Read one configuration, in a file of its own or inside another document.

    Source: https://docs.litellm.ai/docs/proxy/configs
    """
    listed = document.get("model_list")
    for entry in listed.elements() if listed is not None else []:
        _entry(entry, harvest)
    for settings in ("router_settings", "litellm_settings", "general_settings"):
        aliases = document.get(settings, "model_group_alias")
        for name, target in aliases.items() if aliases is not None else []:
            model = target if target.text else target.get("model")
            if model is not None and model.text:
                _alias(
                    name, Text(text=printable(model.text), location=model.location), target.location, harvest
                )
    variables = document.get("environment_variables")
    if variables is not None:
        found = [
            Variable(name=n, text="" if is_secret_name(n) else s.text, value=value_of(s), location=s.location)
            for n, s in variables.items()
        ]
        harvest.add(read_variables(found, surface="litellm"))


def _entry(entry: Spot, harvest: Harvest) -> None:
    model = entry.get("litellm_params", "model")
    if model is None or not could_be_model(model.text):
        return
    address = entry.get("litellm_params", "api_base") or entry.get("litellm_params", "base_url")
    endpoint = value_of(address) if address is not None and address.text else None
    name = entry.text_at("model_name")
    value = value_of(model)
    harvest.candidates.append(
        Candidate(
            surface="litellm",
            api=f"model_list: {printable(name, 120)}",
            location=model.location,
            written=printable(model.text),
            model=value,
            client="litellm.proxy",
            endpoint=endpoint,
            provider=entry.text_at("litellm_params", "custom_llm_provider"),
            role="embedding" if entry.text_at("model_info", "mode") == "embedding" else "inference",
        )
    )
    if name and "*" not in name:
        _alias(name, value, model.location, harvest, endpoint)
    _key(entry, harvest)


def _key(entry: Spot, harvest: Harvest) -> None:
    """The key that an entry takes from the environment: its name, never a value."""
    key = entry.get("litellm_params", "api_key")
    match = _FROM_ENVIRONMENT.match(key.text) if key is not None else None
    if key is None or match is None:
        return
    found = read_variables(
        [Variable(name=match[1], text="", value=Text(text="", location=key.location), location=key.location)],
        surface="litellm",
    )
    harvest.artifacts += found.artifacts


def _alias(
    name: str, value: Value, location: Location, harvest: Harvest, endpoint: Value | None = None
) -> None:
    harvest.bindings.append(
        Binding(kind="alias", name=printable(name), value=value, location=location, endpoint=endpoint)
    )


def value_of(spot: Spot) -> Value:
    """A setting's value, or the environment name that `os.environ/NAME` refers to."""
    match = _FROM_ENVIRONMENT.match(spot.text)
    if match is not None:
        return Name(kind="environment", name=match[1], location=spot.location)
    return Text(text=printable(spot.text), location=spot.location)
