"""Predict how diabetes progresses within a year: a grid of models, one child run each.

The data are the 442 patients that come with scikit-learn. Every combination of model and strength is cross-validated;
the parent run keeps the best.
"""

import argparse
import itertools
from pathlib import Path

import atelier
import joblib
from sklearn.datasets import load_diabetes
from sklearn.linear_model import ElasticNet, Lasso, Ridge
from sklearn.model_selection import KFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

SEED = 11
MODELS = {"ridge": Ridge, "lasso": Lasso, "elastic-net": ElasticNet}
SCORES = {"rmse": "neg_root_mean_squared_error", "mae": "neg_mean_absolute_error", "r2": "r2"}
OUTPUTS = Path("outputs")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alphas", default="0.03,0.3,3", help="strengths of the regularisation")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--degree", type=int, default=1, help="degree of the polynomial features")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    alphas = [float(alpha) for alpha in given.alphas.split(",")]
    patients, progression = load_diabetes(return_X_y=True)
    folds = KFold(given.folds, shuffle=True, random_state=SEED)
    OUTPUTS.mkdir(exist_ok=True)
    best = (float("inf"), "", 0.0)

    with atelier.start_run(experiment="health/diabetes") as run:
        run.log_params({"alphas": given.alphas, "folds": given.folds, "degree": given.degree})
        for step, (name, alpha) in enumerate(itertools.product(MODELS, alphas), start=1):
            with run.child(name=f"{name} {alpha:g}") as child:
                child.log_params({"model": name, "alpha": alpha, "degree": given.degree})
                model = make_pipeline(StandardScaler(), PolynomialFeatures(given.degree), MODELS[name](alpha=alpha))
                found = cross_validate(model, patients, progression, cv=folds, scoring=SCORES)
                for fold in range(given.folds):
                    child.log({f"fold/{key}": abs(found[f"test_{key}"][fold]) for key in SCORES}, step=fold)
                mean = {key: float(abs(found[f"test_{key}"].mean())) for key in SCORES}
                child.log(mean)
            print(f"{name:12s} alpha {alpha:<6g} rmse {mean['rmse']:.2f}  r2 {mean['r2']:.3f}", flush=True)
            best = min(best, (mean["rmse"], name, alpha))
            run.log({"best/rmse": best[0]}, step=step)
        rmse, name, alpha = best
        run.set_tags({"best": f"{name} {alpha:g}"})
        model = make_pipeline(StandardScaler(), PolynomialFeatures(given.degree), MODELS[name](alpha=alpha))
        joblib.dump(model.fit(patients, progression), OUTPUTS / "model.joblib")
        print(f"best: {name} with alpha {alpha:g}, rmse {rmse:.2f}", flush=True)


if __name__ == "__main__":
    main()
