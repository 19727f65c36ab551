"""Learn to read handwritten digits, epoch by epoch.

The data are the 1,797 scanned digits that come with scikit-learn. Each training image is also shown shifted by one
pixel in four directions, which teaches the network that a digit stays the same digit when it moves.
"""

import argparse
from pathlib import Path

import atelier
import joblib
import matplotlib
import numpy as np
from sklearn.datasets import load_digits
from sklearn.metrics import ConfusionMatrixDisplay, log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

matplotlib.use("Agg")
from matplotlib import pyplot as plt

SEED = 7
CLASSES = np.arange(10)
OUTPUTS = Path("outputs")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lr", type=float, default=0.001, help="learning rate")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--hidden", type=int, default=128, help="units of the hidden layer")
    return parser.parse_args()


def shifted(images: np.ndarray) -> np.ndarray:
    """The images and their four neighbours, one pixel up, down, left and right."""
    moves = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]
    return np.concatenate([np.roll(images, move, axis=(1, 2)) for move in moves])


def load() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Training images and labels, test images and labels; pixels from 0 to 1."""
    digits = load_digits()
    train, test, train_labels, test_labels = train_test_split(
        digits.images / 16.0, digits.target, test_size=0.25, random_state=SEED, stratify=digits.target
    )
    train = shifted(train)
    return train.reshape(len(train), -1), np.tile(train_labels, 5), test.reshape(len(test), -1), test_labels


def one_epoch(model: MLPClassifier, images: np.ndarray, labels: np.ndarray, order: np.random.Generator) -> None:
    """Show every training image once, in a new order."""
    for batch in np.array_split(order.permutation(len(images)), len(images) // 16):
        model.partial_fit(images[batch], labels[batch], classes=CLASSES)


def figures(model: MLPClassifier, images: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Loss and accuracy."""
    probabilities = model.predict_proba(images)
    return log_loss(labels, probabilities, labels=CLASSES), float((probabilities.argmax(axis=1) == labels).mean())


def draw_confusion(model: MLPClassifier, images: np.ndarray, labels: np.ndarray, path: Path) -> None:
    figure, axes = plt.subplots(figsize=(6, 6), dpi=120)
    ConfusionMatrixDisplay.from_estimator(model, images, labels, ax=axes, cmap="Blues", colorbar=False)
    axes.set_title("Test digits: what they are, and what the model reads")
    figure.tight_layout()
    figure.savefig(path)


def main() -> None:
    given = arguments()
    train, train_labels, test, test_labels = load()
    print(f"{len(train):,} training images, {len(test):,} test images", flush=True)
    model = MLPClassifier(hidden_layer_sizes=(given.hidden,), learning_rate_init=given.lr, random_state=SEED)
    order = np.random.default_rng(SEED)
    OUTPUTS.mkdir(exist_ok=True)

    with atelier.start_run(experiment="vision/digits") as run:
        run.log_params({"lr": given.lr, "epochs": given.epochs, "hidden": given.hidden})
        run.define_metric("val/accuracy", goal="max")
        run.define_metric("val/loss", goal="min")
        for epoch in range(1, given.epochs + 1):
            one_epoch(model, train, train_labels, order)
            loss, accuracy = figures(model, train, train_labels)
            val_loss, val_accuracy = figures(model, test, test_labels)
            run.log(
                {"train/loss": loss, "train/accuracy": accuracy, "val/loss": val_loss, "val/accuracy": val_accuracy},
                step=epoch,
            )
            print(
                f"epoch {epoch:3d}  loss {loss:.4f}  val loss {val_loss:.4f}  val accuracy {val_accuracy:.4f}",
                flush=True,
            )
        draw_confusion(model, test, test_labels, OUTPUTS / "confusion_matrix.png")
        joblib.dump(model, OUTPUTS / "model.joblib")
        print(f"wrote {', '.join(sorted(str(path) for path in OUTPUTS.iterdir()))}", flush=True)


if __name__ == "__main__":
    main()
