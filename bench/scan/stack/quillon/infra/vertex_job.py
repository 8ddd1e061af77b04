"""Batch work on Vertex."""

import vertexai
from vertexai.generative_models import GenerativeModel
from vertexai.language_models import TextEmbeddingModel
from anthropic import AnthropicVertex

vertexai.init(project="quillon-batch", location="europe-west2")
model = GenerativeModel("gemini-1.5-flash-002")
vectors = TextEmbeddingModel.from_pretrained("text-multilingual-embedding-002")
claude = AnthropicVertex(region="europe-west1", project_id="quillon-batch")
reply = claude.messages.create(model="claude-3-5-sonnet-v2@20241022", max_tokens=100, messages=[])
