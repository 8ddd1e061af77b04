"""The service's two routes."""

from fastapi import FastAPI
from pydantic import BaseModel
from triage import second_opinion, summary, urgency
from vehicles import INSURED

app = FastAPI(title="Claims triage")


class Notice(BaseModel):
    text: str
    vehicle: str = ""


@app.post("/triage")
def triage(notice: Notice) -> dict[str, str]:
    level = urgency(notice.text)
    against = second_opinion(notice.text, level) if level == "urgent" else ""
    return {"urgency": level, "against": against, "insured": str(notice.vehicle in INSURED)}


@app.post("/summary")
def summarise(notice: Notice) -> dict[str, str]:
    return {"summary": summary(notice.text)}
