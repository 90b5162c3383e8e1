"""A hand-written float32 backward pass; what it computes is held in the files beside it.

Must not know gradcli: this stands for the program whose gradient an engineer has to trust.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent


def main() -> None:
    """Run it once and save inputs and gradients."""
    random = np.random.default_rng(7)

    def draw(*shape: int) -> np.ndarray:
        return random.normal(size=shape).astype(np.float32)

    x, w1, b1, w2, b2 = draw(8, 4), draw(4, 5), draw(5), draw(5, 3), draw(3)
    y = np.eye(3, dtype=np.float32)[random.integers(0, 3, 8)]
    h = np.tanh(x @ w1 + b1)
    s = h @ w2 + b2
    e = np.exp(s - s.max(axis=1, keepdims=True))
    ds = (e / e.sum(axis=1, keepdims=True) - y) / np.float32(8)
    dz = (ds @ w2.T) * (1 - h * h)
    np.savez(FOLDER / "network.npz", X=x, W1=w1, b1=b1, W2=w2, b2=b2, Y=y)
    gradients = {"W1": x.T @ dz, "b1": dz.sum(axis=0), "W2": h.T @ ds, "b2": ds.sum(axis=0)}
    np.savez(FOLDER / "network-gradients.npz", **gradients)
    np.save(FOLDER / "network-gradient-W1.npy", gradients["W1"])


if __name__ == "__main__":
    main()
