"""Settings of the claims triage service; the cluster's ConfigMap sets the same names."""

import os

GATEWAY_URL = os.environ.get("LLM_GATEWAY_URL", "http://llm-gateway:4000/v1")
TRIAGE_MODEL = os.getenv("TRIAGE_MODEL", "claims-assistant")
SUMMARY_MODEL = "gpt-4o-mini"
