"""For which accelerator is this image, package, resource or variable made? Part of the inventory, no model.

Sources: vllm-ascend's and torch_npu's documentation (image and package names), the CANN documentation
    (`ASCEND_*`), the ROCm documentation (`HIP_*`, `HSA_*`), the device plugins of Kubernetes (resources),
    PyTorch/XLA's and Intel's package names; read 2026-11-23.
"""

from __future__ import annotations

import re

from gauger.core.inventory import Artifact, Location
from gauger.core.text import printable

_IMAGES = (
    (re.compile(r"ascend|[/-]cann[:/-]|/cann$|mindie"), "Huawei Ascend (CANN)"),
    (re.compile(r"mindspore"), "Huawei MindSpore"),
    (re.compile(r"rocm|amdgpu"), "AMD ROCm"),
    (re.compile(r"habana|gaudi"), "Intel Gaudi"),
    (re.compile(r"neuronx|neuron-"), "AWS Neuron"),
    (re.compile(r"musa|mthreads"), "Moore Threads MUSA"),
    (re.compile(r"cambricon|mlu"), "Cambricon MLU"),
    (re.compile(r"(?:^|[/-])tpu(?:[:/-]|$)"), "Google TPU"),
    (re.compile(r"^(?:.*/)?nvidia/cuda|^nvcr\.io/|cuda\d"), "NVIDIA CUDA"),
)
_PACKAGES = {
    "torch-npu": "Huawei Ascend (CANN)",
    "vllm-ascend": "Huawei Ascend (CANN)",
    "mindspore": "Huawei MindSpore",
    "mindformers": "Huawei MindSpore",
    "mindnlp": "Huawei MindSpore",
    "torch-xla": "Google TPU",
    "libtpu": "Google TPU",
    "torch-mlu": "Cambricon MLU",
    "torch-musa": "Moore Threads MUSA",
    "habana-torch-plugin": "Intel Gaudi",
    "intel-extension-for-pytorch": "Intel XPU",
    "torch-neuronx": "AWS Neuron",
    "onnxruntime-cann": "Huawei Ascend (CANN)",
    "onnxruntime-rocm": "AMD ROCm",
}
_RESOURCES = (
    ("huawei.com/Ascend", "Huawei Ascend (CANN)"),
    ("amd.com/gpu", "AMD ROCm"),
    ("google.com/tpu", "Google TPU"),
    ("habana.ai/gaudi", "Intel Gaudi"),
    ("aws.amazon.com/neuron", "AWS Neuron"),
    ("cambricon.com/", "Cambricon MLU"),
    ("mthreads.com/", "Moore Threads MUSA"),
    ("nvidia.com/gpu", "NVIDIA CUDA"),
    ("nvidia.com/mig", "NVIDIA CUDA"),
)
_VARIABLES = (
    ("ASCEND_", "Huawei Ascend (CANN)"),
    ("CANN_", "Huawei Ascend (CANN)"),
    ("HIP_VISIBLE_DEVICES", "AMD ROCm"),
    ("HSA_OVERRIDE_GFX_VERSION", "AMD ROCm"),
    ("TPU_", "Google TPU"),
    ("NEURON_RT_", "AWS Neuron"),
)


def chip_of_image(image: str, location: Location) -> list[Artifact]:
    """The accelerator that a container image is made for; empty where its name does not say."""
    return _first([title for pattern, title in _IMAGES if pattern.search(image.lower())], image, location)


def chip_of_package(package: str, location: Location) -> list[Artifact]:
    """The accelerator that a package is made for; empty for all others."""
    title = _PACKAGES.get(package.lower().replace("_", "-"))
    return _first([title] if title else [], package, location)


def chip_of_resource(resource: str, location: Location) -> list[Artifact]:
    """The accelerator that a Kubernetes resource name asks for; empty for all others."""
    return _first([title for start, title in _RESOURCES if resource.startswith(start)], resource, location)


def chip_of_variable(name: str, location: Location) -> list[Artifact]:
    """The accelerator whose runtime an environment variable steers; empty for all others."""
    return _first([title for start, title in _VARIABLES if name.startswith(start)], name, location)


def chip_words() -> frozenset[str]:
    """One of which words, in lower case, stands in every name that tells of an accelerator?

    A name without any of them gives nothing in the four questions above.
    """
    in_images = re.findall(r"[a-z]{3,}", " ".join(pattern.pattern for pattern, _ in _IMAGES))
    starts = [start.lower() for start, _ in (*_RESOURCES, *_VARIABLES)]
    packages = [spelt for name in _PACKAGES for spelt in (name, name.replace("-", "_"))]
    return frozenset({*in_images, *starts, *packages} - {"nvidia"})


def _first(titles: list[str], named: str, location: Location) -> list[Artifact]:
    facts = {"named-by": printable(named, 200)}
    return [Artifact(kind="chip-target", location=location, title=t, facts=dict(facts)) for t in titles[:1]]
