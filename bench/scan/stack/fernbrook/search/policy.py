"""What may not be used."""

FORBIDDEN_MODELS = [
    "xai/grok-2-vision-1212",
    "Skywork/Skywork-13B-base",
]
BLOCKED = {"upstage/SOLAR-10.7B-v1.0"}


def allowed(name):
    """Is this name fit for use?"""
    if name in FORBIDDEN_MODELS or name in BLOCKED:
        raise ValueError(name)
    return True
