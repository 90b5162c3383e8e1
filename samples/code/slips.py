"""Layers that are wrong, each in one line."""

import numpy as np


def embed(table, words):
    return table[words], (table.shape, words)


def embed_backward(dout, cache):
    shape, words = cache
    dtable = np.zeros(shape)
    dtable[words] += dout
    return dtable


def relu(x):
    return np.maximum(x, 0), x


def relu_backward(dout, x):
    return np.where(x > 1e-3, dout, 0)


def ridge(w, X, y, lam):
    r = X @ w - y
    value = 0.5 * r @ r + 0.5 * lam * w @ w
    return value, X.T @ r + 2 * lam * w
