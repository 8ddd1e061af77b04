"""Which method names of Go, Java, Kotlin, C# and Rust say the same thing? Vocabulary of their libraries."""

from __future__ import annotations

import re

from gauger.scan.model_words import words_of

_PREFIX = re.compile(r"^(?:with|set|put|use|add|using|default|new)_(?=.)")

DEFAULTS = frozenset(
    """orElse orElseGet or unwrap_or unwrap_or_else or_else getOrElse ifBlank ifEmpty GetValueOrDefault
    defaultIfBlank requireNonNullElse requireNonNullElseGet firstNonBlank unwrap_or_default
    get_or_insert map_or coalesce""".split()  # noqa: SIM905 - vocabulary reads better as prose
)
"""Methods and functions whose argument is the default of what stands before them."""
DEFAULT_FUNCTIONS = frozenset(
    {"Or", "requireNonNullElse", "requireNonNullElseGet", "defaultIfBlank", "defaultIfEmpty", "firstNonBlank",
     "firstNonNull", "getIfBlank", "Coalesce"}
)  # fmt: skip
"""Functions that give the first of their arguments that is there."""
WRAPPERS = frozenset(
    """Some Ok Arc Box Rc Cow String Ptr F Raw NewOpt Opt of ofNullable from From new Uri URI URL Url
    create parse Parse MustParse ToPtr Pointer pointer to_owned String_ StringPtr Just just
    toString valueOf requireNonNull asOf clone Clone T lazyOf listOf arrayListOf mutableListOf
    setOf asList singletonList vec Mutex RwLock expect unwrap trim TrimSpace TrimSuffix
    TrimRight TrimRightFunc strip Mono Just fromString ModelId JoinPath""".split()  # noqa: SIM905
)
"""Functions that give what they were given, as far as it matters here."""
SERIALISERS = frozenset(
    """Marshal MarshalIndent NewReader NewBuffer NewBufferString NewBufferBytes writeValueAsString toJson
    writeValueAsBytes Serialize SerializeObject SerializeToUtf8Bytes StringContent JsonContent Create ofString
    ofByteArray create toRequestBody to_string to_vec to_value json getBytes encodeToString stringify
    toJSONString
    toString encodeToJsonElement NopCloser Encode HttpEntity StringEntity ByteArrayContent String_ readTree
    Stringify from fromValue bodyValue parseObject""".split()  # noqa: SIM905
)
"""Functions that turn the body of a request into text."""
MAPS = frozenset(
    """HashMap LinkedHashMap TreeMap ConcurrentHashMap JSONObject JsonObject ObjectNode Dictionary
    JObject mutableMapOf hashMapOf createObjectNode BTreeMap IndexMap""".split()  # noqa: SIM905
)
"""Constructors of empty tables."""
PUTS = frozenset(
    {"put", "Put", "set", "addProperty", "insert", "accumulate", "Add", "putPOJO", "putObject", "add"}
)
GETTERS = frozenset(
    {"getId", "id", "getValue", "value", "getName", "name", "getModelName", "getModelId", "toString",
    "ToString",
     "String", "as_str", "getCode", "asString", "to_string", "clone", "trim", "get"}
)  # fmt: skip
"""Methods of a constant of an enumeration that give its text."""
FORMATS = frozenset({"Sprintf", "format", "Format", "formatted", "Errorf"})
SETTING_READERS = frozenset(
    """GetValue getProperty GetSection GetString getString get_string Get get getRequiredProperty
    GetRequiredSection property propertyOrNull getEnv""".split()  # noqa: SIM905
)
SETTING_OWNERS = re.compile(r"(?i:config|environment|settings)|viper|koanf")
MODEL_KEYS = frozenset({"model", "model_id", "model_name", "modelId", "modelName", "Model"})


def snake(name: str) -> str:
    """A name in one spelling: `WithBaseURL`, `baseUrl` and `set_base_url` are all `base_url`."""
    words = "_".join(words_of(name.replace("URL", "Url").replace("URI", "Uri").replace("ID", "Id")))
    return _PREFIX.sub("", words) if words not in ("default_model", "new") else words
