"""Says how far diabetes will have progressed within a year, one number a patient."""

import json
import os
from pathlib import Path

import joblib


def init() -> None:
    global model
    folder = Path(os.environ["AZUREML_MODEL_DIR"])
    model = joblib.load(next(folder.rglob("model.joblib")))


def run(data: str) -> list[float]:
    """`{"data": [[ten numbers], …]}`: age, sex, bmi, blood pressure and six blood values, as scikit-learn ships them."""
    return model.predict(json.loads(data)["data"]).tolist()
