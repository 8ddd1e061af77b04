"""Vehicles that the motor book insures. These models have wheels."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Vehicle:
    make: str
    model: str
    year: int


MOTOR_BOOK = (
    Vehicle(make="Ford", model="Falcon", year=2004),
    Vehicle(make="Isuzu", model="Gemini", year=1999),
    Vehicle(make="Renault", model="Claude Special", year=1992),
)
INSURED = {vehicle.model for vehicle in MOTOR_BOOK}
