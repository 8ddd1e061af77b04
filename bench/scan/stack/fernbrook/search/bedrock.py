"""Through our cloud contract."""

import json

import boto3

runtime = boto3.client("bedrock-runtime", region_name="eu-west-2")
TITAN = "amazon.titan-embed-text-v2:0"
PROFILE = "eu." + "anthropic.claude-sonnet-4-20250514-v1:0"


def embed(text):
    """One vector."""
    body = json.dumps({"inputText": text})
    return runtime.invoke_model(modelId=TITAN, body=body)


def talk(messages):
    """A turn."""
    return runtime.converse(modelId=PROFILE, messages=messages)


def stream(messages):
    """A turn, piece by piece."""
    return runtime.converse_stream(modelId="us.deepseek.r1-v1:0", messages=messages)
