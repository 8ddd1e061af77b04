"""Colleagues, cases, and Greek letters."""

from django.db import models

AUTHORS = ["Bert Lindqvist", "Claude Moreau", "Gemma Okoro"]


class Case(models.Model):
    """A case."""

    court = models.CharField(max_length=80, default="T-4-Chancery")
    vehicle_model = models.CharField(max_length=40, default="Yaris-2019")


def rotation(phi, llama_count=0):
    """Angle phi in radians."""
    model = "ellipsoid-WGS84"
    return model, phi, llama_count
