"""What a scan says of container images, in the several ways in which they are kept as files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from build.gguf import tiny_gguf
from build.images import Layout, config, docker_save, hard_link, packed, sha256, tar
from build.pickles import calling_pickle, tiny_torch_zip
from build.safetensors import safetensors_bytes
from build.stacks import lookup, stack, told
from gauger.scan.scan import Inventory, scan

WEIGHTS = safetensors_bytes({"a": np.zeros((2, 2), np.float32)})
CONFIG = b'{"model_type": "qwen2"}'
CODE = (
    b"import os\nfrom transformers import AutoModel\n"
    b"AutoModel.from_pretrained('/models/new')\nAutoModel.from_pretrained(os.environ['MODEL_ID'])\n"
)
BASE = tar(
    {
        "etc/os-release": b"ID=debian\n",
        "usr/lib/python3/dist-packages/other.py": b"MODEL = 'a/b'\n",
        "usr/share/doc/readme.py": b"import openai\n",
        "models/old/model.safetensors": WEIGHTS,
        "models/old/config.json": CONFIG,
    }
)
APP = tar(
    {
        "srv/app/main.py": CODE,
        "models/.wh.old": b"",
        "models/new/model.safetensors": WEIGHTS,
        "models/new/config.json": CONFIG,
    }
)
SETTINGS = config(
    [BASE, APP],
    Env=["MODEL_ID=Qwen/Qwen2.5-7B-Instruct", "OPENAI_API_KEY=sk-not-to-be-kept"],
    Entrypoint=["vllm", "serve"],
    Cmd=["deepseek-ai/DeepSeek-V3", "--port", "80"],
    Labels={"com.acme.model": "mistralai/Mistral-7B-v0.1"},
    history=[
        '/bin/sh -c #(nop)  ENV OLD_MODEL="Qwen/Qwen1.5-7B"',
        "RUN |1 SIZE=8B /bin/sh -c huggingface-cli download Qwen/Qwen3-$SIZE # buildkit",
    ],
)


def saved(tmp_path: Path) -> Path:
    """The image as an old `docker save` writes it."""
    path = tmp_path / "app.tar"
    path.write_bytes(docker_save({"acme/api:1.0": (SETTINGS, [BASE, APP])}))
    return path


def lines(inventory: Inventory) -> set[tuple[str, str]]:
    """Place and short answer of each use."""
    return {(str(t.use.location), t.short) for t in told(inventory)}


EXPECTED = {
    ("@config/acme/api:1.0 (Entrypoint and Cmd)", "declared hub deepseek-ai/DeepSeek-V3"),
    ("@config/acme/api:1.0 (Env MODEL_ID)", "declared hub Qwen/Qwen2.5-7B-Instruct"),
    ("@config/acme/api:1.0 (Env OPENAI_API_KEY)", "declared api *"),
    ("@config/acme/api:1.0 (Labels com.acme.model)", "declared hub mistralai/Mistral-7B-v0.1"),
    ("@config/acme/api:1.0 (history[1])", "declared hub Qwen/Qwen3-8B"),
    ("/srv/app/main.py:3", "declared local {}/models/new"),
    ("/srv/app/main.py:4", "inferred hub Qwen/Qwen2.5-7B-Instruct"),
    ("/models/new/model.safetensors", "measured local {}/models/new"),
    ("@layer1/models/old/model.safetensors", "measured local {}@layer1/models/old/model.safetensors"),
}


@pytest.mark.parametrize("zipped", [False, True])
def test_a_saved_image_gives_its_configuration_its_steps_and_the_files_of_its_layers(
    tmp_path: Path,
    zipped: bool,  # noqa: FBT001
) -> None:
    """Entry point, environment, labels, history, code that reads the environment, weights; also in gzip."""
    path = saved(tmp_path)
    if zipped:
        path = path.with_suffix(".tar.gz")
        path.write_bytes(packed(saved(tmp_path).read_bytes()))
    root = f"{path.name}!"
    inventory = scan(path, lookup())
    assert {t.use.surface for t in told(inventory)} == {"container-image", "python", "model-files"}
    found = lines(inventory)
    wanted = {(root + place, short.format(root)) for place, short in EXPECTED}
    assert found == wanted


def test_the_same_image_in_a_folder_is_found_there(tmp_path: Path) -> None:
    """An image file among others is opened, and named by its path."""
    stack(tmp_path, {"images/app.tar": saved(tmp_path).read_bytes(), "notes.txt": "x"})
    (tmp_path / "app.tar").unlink()
    places = {place for place, _ in lines(scan(tmp_path, lookup()))}
    assert "images/app.tar!/srv/app/main.py:3" in places


def test_a_layout_in_a_folder_and_in_a_tar_file_say_the_same(tmp_path: Path) -> None:
    """Packed layers, an index, and only the prefix tells the two apart."""
    layout = Layout()
    layout.image("acme/api:1.0", SETTINGS, [packed(BASE), packed(APP)])
    layout.write(tmp_path / "layout")
    (tmp_path / "app.tar").write_bytes(layout.tar())
    unpacked = lines(scan(tmp_path / "layout", lookup()))
    in_file = lines(scan(tmp_path / "app.tar", lookup()))
    assert {
        (p.replace("index.json!", "app.tar!"), s.replace("index.json!", "app.tar!")) for p, s in unpacked
    } == in_file
    assert ("app.tar!/srv/app/main.py:3", "declared local app.tar!/models/new") in in_file


def test_packages_and_the_distribution_are_left_out_and_counted(tmp_path: Path) -> None:
    """Other people's code in the image is a gap with a number, not a use."""
    details = [gap.detail for gap in scan(saved(tmp_path), lookup()).gaps]
    assert any("one file of installed packages (dist-packages) left out" in d for d in details)
    assert any("one file of the distribution and its packages left out" in d for d in details)


def test_a_model_in_a_system_folder_is_read_all_the_same(tmp_path: Path) -> None:
    """Ollama's packages keep their store below /usr/share."""
    layer = tar({"usr/share/models/tiny.gguf": tiny_gguf(), "usr/share/x/conf.json": b"{}"})
    (tmp_path / "a.tar").write_bytes(docker_save({"a:1": (config([layer]), [layer])}))
    assert {place for place, _ in lines(scan(tmp_path / "a.tar", lookup()))} == {
        "a.tar!/usr/share/models/tiny.gguf"
    }


def test_weights_that_a_later_layer_deletes_are_a_finding(tmp_path: Path) -> None:
    """They are shipped, so they are an artifact, and the finding says in which layer they lie."""
    found = scan(saved(tmp_path), lookup())
    assert [(f.rule, f.locations[0].path) for f in found.findings] == [
        ("buried-model-file", "app.tar!@layer1/models/old/model.safetensors")
    ]
    assert "app.tar!@layer1/models/old/model.safetensors" in {a.location.path for a in found.artifacts}


def test_deleted_pickles_and_old_checkpoints_are_judged_too(tmp_path: Path) -> None:
    """What was deleted is read: a pickle that would run a command is also unsafe. Packages' data is none."""
    layers = [
        tar(
            {
                "m/x.pkl": calling_pickle(),
                "m/pytorch_model.bin": tiny_torch_zip(),
                "usr/lib/python3/dist-packages/p/data.pkl": calling_pickle(),
            }
        ),
        tar({"m/.wh.x.pkl": b"", "m/.wh.pytorch_model.bin": b"", "usr/lib/python3/.wh.dist-packages": b""}),
    ]
    (tmp_path / "a.tar").write_bytes(docker_save({"a:1": (config(layers), layers)}))
    found = {(f.rule, f.locations[0].path) for f in scan(tmp_path / "a.tar", lookup()).findings}
    assert found == {
        ("buried-model-file", "a.tar!@layer1/m/x.pkl"),
        ("unsafe-pickle", "a.tar!@layer1/m/x.pkl"),
        ("buried-model-file", "a.tar!@layer1/m/pytorch_model.bin"),
        ("pickle-format", "a.tar!@layer1/m/pytorch_model.bin"),
    }


def test_weights_that_a_later_layer_only_copies_are_no_finding(tmp_path: Path) -> None:
    """`chown` puts the same file into another layer; one with other bytes is another model."""
    for upper, expected in (
        (WEIGHTS, []),
        (safetensors_bytes({"b": np.ones((2, 2), np.float32)}), ["replaced"]),
    ):
        layers = [tar({"m/model.safetensors": WEIGHTS}), tar({"m/model.safetensors": upper})]
        (tmp_path / "a.tar").write_bytes(docker_save({"a:1": (config(layers), layers)}))
        found = [f.message.split(" was ")[1].split()[0] for f in scan(tmp_path / "a.tar", lookup()).findings]
        assert found == expected


def test_a_shell_in_front_of_the_command_knows_the_environment(tmp_path: Path) -> None:
    """`sh -c "vllm serve $MODEL_ID"` in exec form."""
    settings = config(Env=["MODEL_ID=Qwen/Qwen2.5-7B"], Cmd=["/bin/sh", "-c", "exec vllm serve $MODEL_ID"])
    (tmp_path / "a.tar").write_bytes(docker_save({"a:1": (settings, [])}))
    found = told(scan(tmp_path / "a.tar", lookup()))
    assert ("vllm serve", "Qwen/Qwen2.5-7B") in {(t.use.api, t.model.name) for t in found}


def test_inputs_name_the_image_and_what_was_read_in_it(tmp_path: Path) -> None:
    """The digest of a member is that of its bytes; the image has one too."""
    path = saved(tmp_path)
    digests = {d.path: d.sha256 for d in scan(path, lookup()).inputs}
    assert digests["app.tar!/srv/app/main.py"] == sha256(CODE)
    assert digests["app.tar"] == sha256(path.read_bytes())
    assert digests["app.tar!@config/acme/api:1.0"] == sha256(SETTINGS)


def test_no_secret_of_the_environment_is_kept(tmp_path: Path) -> None:
    """The name of a key is; its value is in no record."""
    found = scan(saved(tmp_path), lookup())
    assert "sk-not-to-be-kept" not in repr(found)
    assert "OPENAI_API_KEY" in repr(found)


def test_several_images_and_platforms_are_told_apart(tmp_path: Path) -> None:
    """Each platform has its own files and configuration."""
    layout = Layout()
    layer = packed(tar({"srv/main.py": CODE}))
    layout.image("acme/api:1.0", config(Env=["MODEL_ID=Qwen/Qwen2.5-7B"]), [layer])
    layout.image("acme/api:1.0", config(Env=["MODEL_ID=google/gemma-2-9b"]), [layer], architecture="arm64")
    (tmp_path / "a.tar").write_bytes(layout.tar())
    found = lines(scan(tmp_path / "a.tar", lookup()))
    assert {
        ("a.tar!acme_api:1.0_linux_amd64/srv/main.py:4", "inferred hub Qwen/Qwen2.5-7B"),
        ("a.tar!acme_api:1.0_linux_arm64/srv/main.py:4", "inferred hub google/gemma-2-9b"),
    } <= found


def test_an_opaque_folder_hides_all_below_it(tmp_path: Path) -> None:
    """`.wh..wh..opq` leaves only what its own layer puts into the folder."""
    lower = tar({"srv/a.py": CODE, "srv/deep/b.py": CODE, "keep/c.py": CODE})
    upper = tar({"srv/.wh..wh..opq": b"", "srv/d.py": CODE})
    (tmp_path / "a.tar").write_bytes(docker_save({"a:1": (config([lower, upper]), [lower, upper])}))
    places = {place.partition(":")[0] for place, _ in lines(scan(tmp_path / "a.tar", lookup()))}
    assert places == {"a.tar!/keep/c.py", "a.tar!/srv/d.py"}


def test_a_later_layer_replaces_a_file_and_a_folder(tmp_path: Path) -> None:
    """The upper file is read; a file where a folder was hides all that was in it."""
    lower = tar({"app.py": b"MODEL = 1\n", "srv/a.py": CODE})
    upper = tar({"app.py": CODE, "srv": b"now a file"})
    (tmp_path / "a.tar").write_bytes(docker_save({"a:1": (config([lower, upper]), [lower, upper])}))
    places = {place.partition(":")[0] for place, _ in lines(scan(tmp_path / "a.tar", lookup()))}
    assert places == {"a.tar!/app.py"}


def test_links_inside_the_image_are_followed_and_never_out_of_it(tmp_path: Path) -> None:
    """The cache of a hub is links to blobs; a link to /etc/passwd is the image's, which has none."""
    stack(tmp_path, {"outside.py": CODE})
    cache = "root/.cache/huggingface/hub/models--Qwen--Qwen2.5-7B/"
    layer = tar(
        {
            cache + "blobs/aa": WEIGHTS,
            cache + "refs/main": b"0123456789abcdef0123456789abcdef01234567",
            cache + "snapshots/0123456789abcdef0123456789abcdef01234567/model.safetensors": "../../blobs/aa",
            "srv/a.py": "/opt/../../real.py",
            "real.py": CODE,
            "srv/b.py": str(tmp_path / "outside.py"),
            "srv/loop.py": "loop.py",
            "second.py": hard_link("second.py", "real.py"),
        }
    )
    (tmp_path / "a.tar").write_bytes(docker_save({"a:1": (config([layer]), [layer])}))
    found = scan(tmp_path / "a.tar", lookup())
    uses = lines(found)
    assert any(short == "declared hub Qwen/Qwen2.5-7B" for _, short in uses)
    places = {place.partition(":")[0] for place, _ in uses}
    assert {"a.tar!/real.py", "a.tar!/second.py", "a.tar!/srv/a.py"} <= places
    assert not any("srv/b.py" in place or "loop" in place for place in places)
    assert any("2 links lead nowhere" in gap.detail for gap in found.gaps)


@pytest.mark.parametrize("which", ["config", "layer"])
def test_a_blob_that_does_not_give_its_digest_is_a_finding(tmp_path: Path, which: str) -> None:
    """What is not what the manifest says is read, and said."""
    layout = Layout()
    layer = packed(tar({"srv/main.py": CODE}))
    layout.image("a:1", SETTINGS, [layer])
    path = f"blobs/sha256/{sha256(SETTINGS if which == 'config' else layer)}"
    other = config(Env=["MODEL_ID=other/model"]) if which == "config" else packed(tar({"x.py": CODE}))
    layout.files[path] = other
    (tmp_path / "a.tar").write_bytes(layout.tar())
    found = scan(tmp_path / "a.tar", lookup())
    assert [(f.rule, f.locations[0].member) for f in found.findings] == [("image-digest-mismatch", path)]


def test_layers_of_an_old_saved_image_are_checked_against_its_configuration(tmp_path: Path) -> None:
    """Their folders' names promise nothing, the configuration's list of digests does."""
    settings = config([BASE])
    (tmp_path / "a.tar").write_bytes(docker_save({"a:1": (settings, [APP])}))
    assert "image-digest-mismatch" in {f.rule for f in scan(tmp_path / "a.tar", lookup()).findings}


def test_both_listings_of_one_image_make_one_image(tmp_path: Path) -> None:
    """New versions of `docker save` write an OCI index and `manifest.json` side by side."""
    layout = Layout()
    layer = tar({"srv/main.py": CODE})
    layout.image("docker.io/acme/api:1.0", SETTINGS, [layer])
    layout.files["manifest.json"] = json.dumps(
        [
            {
                "Config": f"blobs/sha256/{sha256(SETTINGS)}",
                "RepoTags": ["acme/api:1.0"],
                "Layers": [f"blobs/sha256/{sha256(layer)}"],
            }
        ]
    ).encode()
    (tmp_path / "a.tar").write_bytes(layout.tar())
    places = {place for place, _ in lines(scan(tmp_path / "a.tar", lookup()))}
    assert "a.tar!@config/acme/api:1.0 (Entrypoint and Cmd)" in places
    assert {p for p in places if p.endswith("main.py:4")} == {"a.tar!/srv/main.py:4"}


def test_a_platform_that_is_not_in_the_file_is_a_gap(tmp_path: Path) -> None:
    """An index may list more than was saved."""
    layout = Layout()
    layout.image("a:1", config(Env=["MODEL_ID=a/b"]), [])
    entry = layout.image("a:1", config(Env=["MODEL_ID=c/d"]), [], architecture="arm64")
    del layout.files["blobs/" + str(entry["digest"]).replace(":", "/")]
    (tmp_path / "a.tar").write_bytes(layout.tar())
    gaps = [g for g in scan(tmp_path / "a.tar", lookup()).gaps if g.reason == "not-present"]
    assert ["linux/arm64" in gap.detail for gap in gaps] == [True]


def test_an_image_of_a_model_server_tells_what_its_command_means(tmp_path: Path) -> None:
    """Arguments alone are the server's, where the image's name says which server it is."""
    settings = config(Cmd=["--model", "Qwen/Qwen2.5-7B-Instruct"], Env=["HF_HOME=/models"])
    (tmp_path / "a.tar").write_bytes(docker_save({"vllm/vllm-openai:v0.8.0": (settings, [])}))
    assert (
        "a.tar!@config/vllm/vllm-openai:v0.8.0 (Entrypoint and Cmd)",
        "declared hub Qwen/Qwen2.5-7B-Instruct",
    ) in (lines(scan(tmp_path / "a.tar", lookup())))


def test_a_command_names_a_folder_of_the_image_from_its_working_folder(tmp_path: Path) -> None:
    """`vllm serve models/new` in /srv is /srv/models/new."""
    layer = tar({"srv/models/new/model.safetensors": WEIGHTS, "srv/models/new/config.json": CONFIG})
    settings = config([layer], Cmd=["vllm", "serve", "models/new"], WorkingDir="/srv")
    (tmp_path / "a.tar").write_bytes(docker_save({"a:1": (settings, [layer])}))
    found = lines(scan(tmp_path / "a.tar", lookup()))
    assert ("a.tar!@config/a:1 (Entrypoint and Cmd)", "declared local a.tar!/srv/models/new") in found


def test_a_folder_whose_name_ends_in_a_mark_is_no_archive(tmp_path: Path) -> None:
    """Only what follows an opened file is inside it: code in `wow!` finds the models beside that folder."""
    code = b"from transformers import AutoModel\nAutoModel.from_pretrained('../models/m')\n"
    stack(
        tmp_path,
        {"wow!/main.py": code, "models/m/model.safetensors": WEIGHTS, "models/m/config.json": CONFIG},
    )
    assert ("wow!/main.py:2", "declared local models/m") in lines(scan(tmp_path, lookup()))


def test_a_model_kept_as_an_artifact_is_read_as_a_model(tmp_path: Path) -> None:
    """Docker Model Runner's GGUF layer goes to the reader of GGUF; its configuration is what is declared."""
    layout = Layout()
    settings = json.dumps(
        {"config": {"format": "gguf", "quantization": "Q4_K_M", "architecture": "llama"}}
    ).encode()
    layout.manifest(
        "ai/smollm2:latest",
        layout.blob(settings, "application/vnd.docker.ai.model.config.v0.1+json"),
        [
            layout.blob(tiny_gguf(), "application/vnd.docker.ai.gguf.v3"),
            layout.blob(b"Apache License", "application/vnd.docker.ai.license"),
        ],
    )
    layout.write(tmp_path)
    found = scan(tmp_path, lookup())
    weights = [a for a in found.artifacts if a.kind == "weights"]
    assert [(a.location.path, a.format) for a in weights] == [("index.json!/model.gguf", "gguf")]
    entry = next(a for a in found.artifacts if a.format == "oci-model")
    assert entry.facts["quantization"] == "Q4_K_M"


def test_a_model_package_names_its_files_and_packs_folders(tmp_path: Path) -> None:
    """ModelPack gives each layer a path; a layer that is a tar file holds several."""
    layout = Layout()
    settings = json.dumps(
        {"descriptor": {"name": "acme/triage", "family": "qwen2"}, "config": {"format": "safetensors"}}
    ).encode()
    folder = packed(tar({"model/config.json": CONFIG}))
    layout.manifest(
        "registry.acme.example/triage:1",
        layout.blob(settings, "application/vnd.cncf.model.config.v1+json"),
        [
            layout.blob(
                WEIGHTS,
                "application/vnd.cncf.model.weight.v1.raw",
                annotations={"org.cncf.model.filepath": "model/model.safetensors"},
            ),
            layout.blob(folder, "application/vnd.cncf.model.weight.config.v1.tar+gzip"),
        ],
    )
    layout.write(tmp_path)
    found = scan(tmp_path, lookup())
    assert {a.location.path for a in found.artifacts if a.kind in ("weights", "config")} == {
        "index.json!/model/model.safetensors",
        "index.json!/model/config.json",
        "index.json!@config/registry.acme.example/triage:1",
    }


@pytest.mark.parametrize(
    ("settings", "fact"),
    [
        (
            {"package": {"name": "triage", "license": "MIT"}, "model": {"framework": "gguf"}},
            ("framework", "gguf"),
        ),
        ({"model_format": "gguf", "model_family": "qwen2", "rootfs": {}}, ("model_family", "qwen2")),
    ],
)
def test_model_kits_and_registries_of_models_declare_theirs(
    tmp_path: Path, settings: dict[str, object], fact: tuple[str, str]
) -> None:
    """KitOps packs a folder; Ollama's layers have no names, and its media types tell which is the model."""
    layout = Layout()
    layer = layout.blob(tiny_gguf(), "application/vnd.ollama.image.model")
    layout.manifest("acme/triage:1", layout.blob(json.dumps(settings).encode(), "x"), [layer])
    layout.write(tmp_path)
    found = scan(tmp_path, lookup())
    assert [a.facts.get(fact[0]) for a in found.artifacts if a.format == "oci-model"] == [fact[1]]
    assert "index.json!/model.gguf" in {a.location.path for a in found.artifacts if a.kind == "weights"}


def test_temporary_files_are_gone_after_the_scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was unpacked does not outlive the run."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    (tmp_path / "a.tar.gz").write_bytes(packed(saved(tmp_path).read_bytes()))
    assert scan(tmp_path / "a.tar.gz", lookup()).uses
    assert list(folder.iterdir()) == []
