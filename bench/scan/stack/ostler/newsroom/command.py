"""Commands of the archive team."""

import click
import typer
from FlagEmbedding import BGEM3FlagModel, FlagReranker
from fastembed import TextEmbedding
from setfit import SetFitModel
from span_marker import SpanMarkerModel
from transformers import AutoModelForSeq2SeqLM, pipeline
from txtai import Embeddings
from vllm import AsyncEngineArgs, AsyncLLMEngine, LLM
import spacy

app = typer.Typer()
DEFAULTS = dict(model="google/madlad400-3b-mt", batch=8)


@click.command()
@click.option("--model", default="facebook/bart-large-cnn", show_default=True)
@click.option("--printer-model", default="brother-QL820")
def summarise(model, printer_model):
    """Summaries."""
    return pipeline("summarization", model=model)


@app.command()
def tag(checkpoint: str = typer.Option("Babelscape/wikineural-multilingual-ner", help="who is in the text")):
    """Names in a text."""
    return pipeline("token-classification", checkpoint)


def translate():
    """One table for all."""
    return AutoModelForSeq2SeqLM.from_pretrained(DEFAULTS["model"])


def engines():
    """Everything that is loaded at night."""
    base = "Qwen"
    size = "72B"
    yield LLM("{}/Qwen2-{}-Instruct".format(base, size))
    yield LLM(model="/".join(["ibm-granite", "granite-3.1-8b-instruct"]))
    yield AsyncLLMEngine.from_engine_args(AsyncEngineArgs(model="mistralai/Pixtral-12B-2409"))
    yield BGEM3FlagModel("BAAI/bge-m3-unsupervised", use_fp16=True)
    yield FlagReranker("BAAI/bge-reranker-large")
    yield TextEmbedding("jinaai/jina-embeddings-v2-base-de")
    yield SetFitModel.from_pretrained("SetFit/distilbert-base-uncased__sst2__train-16-4")
    yield SpanMarkerModel.from_pretrained("tomaarsen/span-marker-bert-base-fewnerd-fine-super")
    yield Embeddings(path="sentence-transformers/nli-mpnet-base-v2")
    yield spacy.load("de_dep_news_trf")
    yield pipeline("image-classification", **{"model": "google/vit-base-patch32-384"})
