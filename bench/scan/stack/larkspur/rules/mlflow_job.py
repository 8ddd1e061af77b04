"""Logged and served with MLflow."""

import mlflow
from transformers import pipeline

PIPE = pipeline("fill-mask", model="emilyalsentzer/Bio_ClinicalBERT")
mlflow.transformers.log_model(PIPE, name="notes")
mlflow.openai.log_model(model="gpt-4o-mini-transcribe", task="audio.transcriptions", name="hear")
