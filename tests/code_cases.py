"""Layers in many styles, each right as it stands, with slips: a line, and what stands in its place.

`how` is `vjp`, `grad`, `fun` (a function and its gradient) or `layer`; the names are those of the
functions, `sets` the inputs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

SCALE = """\
import numpy as np


def scale(x, w):
    return np.sum(x * w)


# gradcli: x, w in R^n
def scale_grad(x, w):
    dx = w
    dw = w
    return dx, dw
"""
"""A function and its gradient with a slip in one line, as an editor opens them."""


@dataclass(frozen=True)
class CodeCase:
    name: str
    how: str
    names: tuple[str, ...]
    text: str
    sets: dict[str, Any]
    slips: tuple[tuple[str, str], ...]
    more: dict[str, Any] = field(default_factory=dict)


CASES = [
    CodeCase(
        "group_norm", "vjp", ("group_norm", "group_norm_backward"),
        """
import numpy as np

def group_norm(x, gamma, beta, G, eps=1e-5):
    N, C, H, W = x.shape
    groups = x.reshape(N, G, C // G * H * W)
    mean = groups.mean(axis=2, keepdims=True)
    var = ((groups - mean) ** 2).mean(axis=2, keepdims=True)
    std = np.sqrt(var + eps)
    normal = ((groups - mean) / std).reshape(N, C, H, W)
    out = gamma * normal + beta
    return out, {"normal": normal, "std": std, "gamma": gamma, "G": G}

def group_norm_backward(dout, cache):
    normal, std, gamma, G = cache["normal"], cache["std"], cache["gamma"], cache["G"]
    N, C, H, W = dout.shape
    dbeta = dout.sum(axis=(0, 2, 3), keepdims=True)
    dgamma = (dout * normal).sum(axis=(0, 2, 3), keepdims=True)
    dnormal = (dout * gamma).reshape(N, G, -1)
    z = normal.reshape(N, G, -1)
    centred = dnormal - dnormal.mean(axis=2, keepdims=True)
    dx = (centred - z * (dnormal * z).mean(axis=2, keepdims=True)) / std
    return dx.reshape(N, C, H, W), dgamma, dbeta
""",
        {"x": "R^(2, 4, 2, 1)", "gamma": "R^(1, 4, 1, 1)", "beta": "R^(1, 4, 1, 1)", "G": 2},
        (
            ("(dout * normal).sum(axis=(0, 2, 3)", "(dout * normal).sum(axis=(1, 2, 3)"),
            ("axis=2, keepdims=True)) / std", "axis=2, keepdims=True))"),
            ("dnormal = (dout * gamma)", "dnormal = dout"),
        ),
    ),
    CodeCase(
        "geglu", "vjp", ("geglu", "geglu_vjp"),
        """
from math import erf, exp, pi, sqrt

import numpy as np

ROOT_2 = sqrt(2.0)
verf = np.vectorize(erf)

def gate(u):
    return 0.5 * u * (1 + np.tanh(np.sqrt(2 / np.pi) * (u + 0.044715 * u**3)))

def gate_slope(u):
    k = np.sqrt(2 / np.pi)
    t = np.tanh(k * (u + 0.044715 * u**3))
    return 0.5 * (1 + t) + 0.5 * u * (1 - t * t) * k * (1 + 3 * 0.044715 * u * u)

def geglu(x, W, V):
    a, b = x @ W, x @ V
    return gate(a) * b / ROOT_2, (x, W, V, a, b)

def geglu_vjp(dy, saved):
    x, W, V, a, b = saved
    dy = dy / ROOT_2
    db = dy * gate(a)
    da = dy * b * gate_slope(a)
    dx = da @ W.T + db @ V.T
    dW = x.T @ da
    dV = x.T @ db
    return dx, dW, dV
""",
        {"x": "R^(N, D)", "W": "R^(D, M)", "V": "R^(D, M)"},
        (
            ("db = dy * gate(a)", "db = dy * a"),
            ("da = dy * b * gate_slope(a)", "da = dy * gate_slope(a)"),
            ("dx = da @ W.T + db @ V.T", "dx = da @ W.T"),
            ("dV = x.T @ db", "dV = x.T @ da"),
        ),
    ),
    CodeCase(
        "masked_attention", "vjp", ("attend", "attend_back"),
        """
import numpy as np

def attend(q, k, v):
    T, d = q.shape
    scores = q.dot(k.T) / np.sqrt(d)
    mask = np.triu(np.ones((T, T), dtype=bool), 1)
    scores = np.where(mask, -np.inf, scores)
    scores = scores - scores.max(axis=1, keepdims=True)
    e = np.exp(scores)
    p = e / e.sum(axis=1, keepdims=True)
    return p.dot(v), (q, k, v, p, mask)

def attend_back(dout, cache):
    q, k, v, p, mask = cache
    d = q.shape[1]
    dv = p.T.dot(dout)
    dp = dout.dot(v.T)
    ds = p * (dp - (dp * p).sum(axis=1, keepdims=True))
    ds[mask] = 0
    ds /= np.sqrt(d)
    dq = ds.dot(k)
    dk = ds.T.dot(q)
    return dq, dk, dv
""",
        {"q": "R^(T, D)", "k": "R^(T, D)", "v": "R^(T, M)"},
        (
            ("dk = ds.T.dot(q)", "dk = ds.dot(q)"),
            ("(dp * p).sum(axis=1", "(dp * p).sum(axis=0"),
            ("ds /= np.sqrt(d)", "ds /= np.sqrt(q.shape[0])"),
            ("dv = p.T.dot(dout)", "dv = p.dot(dout)"),
        ),
    ),
    CodeCase(
        "conv1d", "vjp", ("conv1d", "conv1d_backward"),
        """
import numpy as np

def conv1d(x, w, b, pad=1):
    N, C, L = x.shape
    F, _, K = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad)))
    Lo = L + 2 * pad - K + 1
    out = np.zeros((N, F, Lo))
    for t in range(Lo):
        out[:, :, t] = np.tensordot(xp[:, :, t : t + K], w, axes=([1, 2], [1, 2])) + b
    return out, (xp, w, pad, L)

def conv1d_backward(dout, cache):
    xp, w, pad, L = cache
    K = w.shape[2]
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for t in range(dout.shape[2]):
        d = dout[:, :, t]
        dw += np.einsum("nf,nck->fck", d, xp[:, :, t : t + K])
        dxp[:, :, t : t + K] += np.einsum("nf,fck->nck", d, w)
    db = dout.sum(axis=(0, 2))
    return dxp[:, :, pad : pad + L], dw, db
""",
        {"x": "R^(2, 2, 4)", "w": "R^(2, 2, 3)", "b": "R^2"},
        (
            ("for t in range(dout.shape[2]):", "for t in range(dout.shape[2] - 1):"),
            ("dxp[:, :, t : t + K] += np", "dxp[:, :, t : t + K] = np"),
            ("return dxp[:, :, pad : pad + L], dw, db", "return dxp[:, :, :L], dw, db"),
            ("db = dout.sum(axis=(0, 2))", "db = dout.sum(axis=0).mean(axis=1)"),
        ),
    ),
    CodeCase(
        "max_pool_mask", "vjp", ("pool", "unpool"),
        """
import numpy as np

def pool(x, size):
    N, H, W = x.shape
    windows = x.reshape(N, H // size, size, W // size, size)
    out = windows.max(axis=2).max(axis=3)
    return out, (x, windows, out)

def unpool(dout, cache):
    x, windows, out = cache
    mask = windows == out[:, :, np.newaxis, :, np.newaxis]
    dwindows = np.zeros_like(windows)
    spread, _ = np.broadcast_arrays(dout[:, :, np.newaxis, :, np.newaxis], dwindows)
    dwindows[mask] = spread[mask]
    return dwindows.reshape(x.shape)
""",
        {"x": "R^(2, 4, 4)", "size": 2},
        (("dwindows[mask] = spread[mask]", "dwindows[~mask] = spread[~mask]"),),
    ),
    CodeCase(
        "lstm_cell_dict", "vjp", ("cell", "cell_backward"),
        """
import numpy as np

def sigma(z):
    return 1.0 / (1.0 + np.exp(-z))

def cell(x, h, c, W, U):
    n = h.shape[1]
    z = x @ W + h @ U
    s = {}
    s["i"], s["f"] = sigma(z[:, :n]), sigma(z[:, n : 2 * n])
    s["o"], s["g"] = sigma(z[:, 2 * n : 3 * n]), np.tanh(z[:, 3 * n :])
    c_new = s["f"] * c + s["i"] * s["g"]
    h_new = s["o"] * np.tanh(c_new)
    s.update(x=x, h=h, c=c, W=W, U=U, c_new=c_new)
    return h_new, c_new, s

def cell_backward(dh_new, dc_new, s):
    tc = np.tanh(s["c_new"])
    dc_new = dc_new + dh_new * s["o"] * (1 - tc**2)
    n = tc.shape[1]
    dz = np.zeros((tc.shape[0], 4 * n))
    dz[:, :n] = dc_new * s["g"] * s["i"] * (1 - s["i"])
    dz[:, n : 2 * n] = dc_new * s["c"] * s["f"] * (1 - s["f"])
    dz[:, 2 * n : 3 * n] = dh_new * tc * s["o"] * (1 - s["o"])
    dz[:, 3 * n :] = dc_new * s["i"] * (1 - s["g"] ** 2)
    return dz @ s["W"].T, dz @ s["U"].T, dc_new * s["f"], s["x"].T @ dz, s["h"].T @ dz
""",
        {"x": "R^(B, D)", "h": "R^(B, 2)", "c": "R^(B, 2)", "W": "R^(D, 8)", "U": "R^(2, 8)"},
        (
            ('s["f"] * (1 - s["f"])', '(1 - s["f"])'),
            ('dc_new * s["c"] * s["f"]', 'dc_new * s["c_new"] * s["f"]'),
            ("dc_new = dc_new + dh_new * s", "dc_new = dh_new * s"),
            ('(1 - s["g"] ** 2)', '(1 - s["g"])'),
        ),
    ),
    CodeCase(
        "triplet", "grad", ("triplet_loss",),
        """
import numpy as np

MARGIN = 0.5

def triplet_loss(anchor, positive, negative):
    near = ((anchor - positive) ** 2).sum(axis=1)
    far = ((anchor - negative) ** 2).sum(axis=1)
    gap = near - far + MARGIN
    active = (gap > 0).astype(float)
    n = len(anchor)
    loss = np.sum(active * gap) / n
    weight = (2 * active / n)[:, None]
    danchor = weight * (negative - positive)
    dpositive = -weight * (anchor - positive)
    dnegative = weight * (anchor - negative)
    return loss, (danchor, dpositive, dnegative)
""",
        {"anchor": "R^(N, D)", "positive": "R^(N, D)", "negative": "R^(N, D)"},
        (
            ("weight = (2 * active / n)", "weight = (active / n)"),
            ("weight * (negative - positive)", "weight * (positive - negative)"),
            ("dnegative = weight * (anchor - negative)", "dnegative = (anchor - negative)"),
        ),
    ),
    CodeCase(
        "focal", "grad", ("focal_loss",),
        """
import numpy as np

def focal_loss(z, t, gamma):
    p = 1 / (1 + np.exp(-z))
    pt = np.where(t == 1, p, 1 - p)
    loss = -np.mean((1 - pt) ** gamma * np.log(pt))
    sign = np.where(t == 1, 1, -1)
    dpt = gamma * (1 - pt) ** (gamma - 1) * np.log(pt) - (1 - pt) ** gamma / pt
    dz = dpt * sign * p * (1 - p) / z.size
    return loss, dz
""",
        {"z": "R^N", "t": "integers(0, 1)^N", "gamma": 2},
        (
            ("- (1 - pt) ** gamma / pt", "- (1 - pt) ** gamma"),
            ("dz = dpt * sign * p * (1 - p) / z.size", "dz = dpt * p * (1 - p) / z.size"),
            ("dpt = gamma * (1 - pt) ** (gamma - 1)", "dpt = gamma * (1 - pt) ** gamma"),
        ),
        {"wrt": ["z"]},
    ),
    CodeCase(
        "huber", "fun", ("huber", "huber_jac"),
        """
import numpy as np

def huber(w, X, y, delta):
    r = X @ w - y
    small = np.abs(r) <= delta
    return np.sum(np.where(small, r**2 / 2, delta * (np.abs(r) - delta / 2)))

def huber_jac(w, X, y, delta):
    r = X @ w - y
    clipped = np.clip(r, -delta, delta)
    return X.T @ clipped
""",
        {"w": "R^D", "X": "R^(N, D)", "y": "R^N", "delta": 1.5},
        (
            ("np.clip(r, -delta, delta)", "np.where(np.abs(r) <= delta, r, delta)"),
            ("return X.T @ clipped", "return 2 * X.T @ clipped"),
        ),
        {"wrt": ["w"]},
    ),
    CodeCase(
        "crf", "grad", ("crf_nll",),
        """
import numpy as np
from scipy.special import logsumexp

def crf_nll(unary, trans, tags):
    T, K = unary.shape
    alpha = np.zeros((T, K))
    alpha[0] = unary[0]
    for t in range(1, T):
        alpha[t] = unary[t] + logsumexp(alpha[t - 1][:, None] + trans, axis=0)
    logz = logsumexp(alpha[-1])
    beta = np.zeros((T, K))
    for t in range(T - 2, -1, -1):
        beta[t] = logsumexp(trans + unary[t + 1] + beta[t + 1], axis=1)
    score = unary[np.arange(T), tags].sum()
    dunary = np.exp(alpha + beta - logz)
    dtrans = np.zeros((K, K))
    for t in range(1, T):
        joint = alpha[t - 1][:, None] + trans + unary[t] + beta[t]
        dtrans += np.exp(joint - logz)
        score = score + trans[tags[t - 1], tags[t]]
        dtrans[tags[t - 1], tags[t]] -= 1
    dunary[np.arange(T), tags] -= 1
    return logz - score, (dunary, dtrans)
""",
        {"unary": "R^(T, K)", "trans": "R^(K, K)", "tags": "integers(0, K-1)^T"},
        (
            ("joint = alpha[t - 1][:, None] + trans + unary[t] + beta[t]",
             "joint = alpha[t - 1][:, None] + trans + beta[t]"),
            ("dtrans += np.exp(joint - logz)", "dtrans = np.exp(joint - logz)"),
            ("dtrans[tags[t - 1], tags[t]] -= 1", "dtrans[tags[t], tags[t - 1]] -= 1"),
            ("dunary = np.exp(alpha + beta - logz)", "dunary = np.exp(alpha - logz)"),
        ),
        {"wrt": ["unary", "trans"]},
    ),
    CodeCase(
        "kalman", "grad", ("filter_loss",),
        """
import math

def filter_loss(q, r, y):
    m, p = 0.0, 1.0
    dm_q = dm_r = dp_q = dp_r = 0.0
    loss = g_q = g_r = 0.0
    for obs in y:
        pp = p + q
        dpp_q, dpp_r = dp_q + 1, dp_r
        s = pp + r
        ds_q, ds_r = dpp_q, dpp_r + 1
        e = obs - m
        loss += 0.5 * (math.log(s) + e * e / s)
        g_q += 0.5 * (ds_q / s - e * e / s**2 * ds_q) - e / s * dm_q
        g_r += 0.5 * (ds_r / s - e * e / s**2 * ds_r) - e / s * dm_r
        k = pp / s
        dk_q = (dpp_q * s - pp * ds_q) / s**2
        dk_r = (dpp_r * s - pp * ds_r) / s**2
        dm_q, dm_r = dm_q + dk_q * e - k * dm_q, dm_r + dk_r * e - k * dm_r
        m = m + k * e
        p = (1 - k) * pp
        dp_q = (1 - k) * dpp_q - dk_q * pp
        dp_r = (1 - k) * dpp_r - dk_r * pp
    return loss, (g_q, g_r)
""",
        {"q": "(0, inf)", "r": "(0, inf)", "y": "R^3"},
        (
            ("dp_q = (1 - k) * dpp_q - dk_q * pp", "dp_q = (1 - k) * dpp_q"),
            ("ds_q, ds_r = dpp_q, dpp_r + 1", "ds_q, ds_r = dpp_q, dpp_r"),
            ("- e / s * dm_r", "+ e / s * dm_r"),
        ),
        {"wrt": ["q", "r"]},
    ),
    CodeCase(
        "embedding_bag", "vjp", ("bag", "bag_backward"),
        """
import numpy as np

def bag(table, ids, weights):
    rows = table[ids]
    out = (rows * weights[:, :, None]).sum(axis=1)
    return out, (table.shape, ids, weights, rows)

def bag_backward(dout, cache):
    shape, ids, weights, rows = cache
    dtable = np.zeros(shape)
    np.add.at(dtable, ids, dout[:, None, :] * weights[:, :, None])
    dweights = (rows * dout[:, None, :]).sum(axis=2)
    return dtable, dweights
""",
        {"table": "R^(5, 3)", "ids": np.array([[0, 2, 2], [4, 2, 1]]), "weights": "R^(2, 3)"},
        (
            ("np.add.at(dtable, ids, dout[:, None, :] * weights[:, :, None])",
             "dtable[ids] += dout[:, None, :] * weights[:, :, None]"),
            ("np.add.at(dtable, ids, dout[:, None, :] * weights[:, :, None])",
             "np.add.at(dtable, ids, dout[:, None, :])"),
            ("dweights = (rows * dout[:, None, :]).sum(axis=2)",
             "dweights = (rows * dout[:, None, :]).mean(axis=2)"),
        ),
    ),
    CodeCase(
        "rms_norm_class", "layer", ("RMSNorm",),
        """
import numpy as np

class Layer:
    def __call__(self, x):
        return self.forward(x)

class RMSNorm(Layer):
    eps = 1e-6

    def __init__(self, scale):
        self.params = {"scale": scale}
        self.grads = {}

    def forward(self, x):
        self.x = x
        self.inv = (np.mean(np.square(x), axis=-1, keepdims=True) + self.eps) ** -0.5
        return x * self.inv * self.params["scale"]

    def backward(self, grad):
        x, inv = self.x, self.inv
        self.grads["scale"] = np.sum(grad * x * inv, axis=0)
        g = grad * self.params["scale"]
        return inv * (g - x * inv**2 * np.mean(g * x, axis=-1, keepdims=True))
""",
        {"x": "R^(N, D)"},
        (
            ("x * inv**2 * np.mean", "x * inv * np.mean"),
            ('np.sum(grad * x * inv, axis=0)', 'np.sum(grad * x, axis=0)'),
            ('g = grad * self.params["scale"]', "g = grad"),
        ),
        {"init": {"scale": "R^D"}, "grads": {"scale": "grads['scale']"}},
    ),
    CodeCase(
        "two_layer_net", "grad", ("net",),
        """
import numpy as np

def net(W1, b1, W2, b2, X, y, reg):
    hidden = X.dot(W1) + b1
    relu = hidden.clip(min=0)
    scores = relu.dot(W2) + b2
    scores -= scores.max(axis=1)[:, None]
    p = np.exp(scores)
    p /= p.sum(axis=1)[:, None]
    n = X.shape[0]
    value = -np.log(p[range(n), y]).mean() + reg * ((W1**2).sum() + (W2**2).sum())
    grads = {}
    d = p
    d[range(n), y] -= 1
    d /= n
    grads["W2"] = relu.T.dot(d) + 2 * reg * W2
    grads["b2"] = d.sum(axis=0)
    dh = d.dot(W2.T)
    dh[hidden < 0] = 0
    grads["W1"] = X.T.dot(dh) + 2 * reg * W1
    grads["b1"] = dh.sum(axis=0)
    return value, grads
""",
        {"W1": "R^(D, H)", "b1": "R^H", "W2": "R^(H, C)", "b2": "R^C", "X": "R^(N, D)",
         "y": "integers(0, C-1)^N", "reg": 0.05},
        (
            ("dh[hidden < 0] = 0", "dh[dh < 0] = 0"),
            ("+ 2 * reg * W1", "+ reg * W1"),
            ('grads["b1"] = dh.sum(axis=0)', 'grads["b1"] = dh.sum()'),
            ("d /= n", "d /= X.shape[1]"),
        ),
        {"wrt": ["W1", "b1", "W2", "b2"]},
    ),
    CodeCase(
        "batchnorm_running", "vjp", ("bn_forward", "bn_backward"),
        """
import numpy as np

def bn_forward(x, gamma, beta, bn_param):
    momentum = bn_param.get("momentum", 0.9)
    N, D = x.shape
    running = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    mu = x.mean(0)
    var = x.var(0)
    bn_param["running_mean"] = momentum * running + (1 - momentum) * mu
    xhat = (x - mu) / np.sqrt(var + 1e-5)
    return gamma * xhat + beta, (xhat, gamma, var)

def bn_backward(dout, cache):
    xhat, gamma, var = cache
    N = dout.shape[0]
    dbeta = dout.sum(0)
    dgamma = np.sum(xhat * dout, 0)
    dx = gamma / N / np.sqrt(var + 1e-5) * (N * dout - dbeta - xhat * dgamma)
    return dx, dgamma, dbeta
""",
        {"x": "R^(N, D)", "gamma": "R^D", "beta": "R^D", "bn_param": {"mode": "train"}},
        (
            ("(N * dout - dbeta - xhat * dgamma)", "(N * dout - dbeta + xhat * dgamma)"),
            ("gamma / N / np.sqrt(var + 1e-5)", "gamma / N / np.sqrt(var)"),
            ("(N * dout - dbeta - xhat * dgamma)", "(dout - dbeta - xhat * dgamma)"),
            ("gamma / N / np.sqrt(var + 1e-5)", "1 / N / np.sqrt(var + 1e-5)"),
        ),
    ),
    CodeCase(
        "cosine", "fun", ("cosine", "cosine_grad"),
        """
import numpy as np

def cosine(u, v):
    return u @ v / (np.linalg.norm(u) * np.linalg.norm(v))

def cosine_grad(u, v):
    nu, nv = np.linalg.norm(u), np.linalg.norm(v)
    c = u @ v / (nu * nv)
    du = v / (nu * nv) - c * u / nu**2
    dv = u / (nu * nv) - c * v / nv**2
    return du, dv
""",
        {"u": "R^D", "v": "R^D"},
        (
            ("dv = u / (nu * nv) - c * v / nv**2", "dv = u / (nu * nv) - c * v / nv"),
            ("du = v / (nu * nv) - c * u / nu**2", "du = v / (nu * nv) - c * v / nu**2"),
        ),
    ),
    CodeCase(
        "gaussian_process", "fun", ("nll", "nll_grad"),
        """
import numpy as np

def kernel(X, length):
    d2 = ((X[:, None, :] - X[None, :, :]) ** 2).sum(-1)
    return np.exp(-0.5 * d2 / length**2), d2

def nll(length, noise, X, y):
    K = kernel(X, length)[0] + noise * np.eye(len(X))
    L = np.linalg.cholesky(K)
    a = np.linalg.solve(K, y)
    return 0.5 * y @ a + np.log(np.diag(L)).sum()

def nll_grad(length, noise, X, y):
    K0, d2 = kernel(X, length)
    K = K0 + noise * np.eye(len(X))
    inverse = np.linalg.inv(K)
    a = inverse @ y
    dK = 0.5 * (inverse - np.outer(a, a))
    dlength = np.sum(dK * K0 * d2) / length**3
    dnoise = np.trace(dK)
    return dlength, dnoise
""",
        {"length": "(0, inf)", "noise": "(0, inf)", "X": "R^(3, 2)", "y": "R^3"},
        (
            ("* d2) / length**3", "* d2) / length**2"),
            ("dK = 0.5 * (inverse - np.outer(a, a))", "dK = 0.5 * (inverse + np.outer(a, a))"),
            ("dnoise = np.trace(dK)", "dnoise = np.sum(dK)"),
        ),
        {"wrt": ["length", "noise"]},
    ),
    CodeCase(
        "leaky_prelu", "vjp", ("prelu", "prelu_backward"),
        """
import numpy as np

def prelu(x, a):
    return np.where(x > 0, x, a * x)

def prelu_backward(dout, x, a):
    dx = np.where(x > 0, dout, a * dout)
    da = np.sum(np.minimum(x, 0) * dout)
    return dx, da
""",
        {"x": "R^(N, D)", "a": "R"},
        (
            ("dx = np.where(x > 0, dout, a * dout)", "dx = np.where(x > 0, dout, dout)"),
            ("np.minimum(x, 0)", "np.maximum(x, 0)"),
        ),
    ),
    CodeCase(
        "softplus_loss", "fun", ("logistic_loss", "logistic_grad"),
        """
import numpy as np
import scipy.special as sp

def logistic_loss(w, X, t, lam):
    z = t * (X @ w)
    return np.sum(np.logaddexp(0, -z)) + 0.5 * lam * np.dot(w, w)

def logistic_grad(w, X, t, lam):
    z = t * (X @ w)
    return -X.T @ (t * sp.expit(-z)) + lam * w
""",
        {"w": "R^D", "X": "R^(N, D)", "t": "integers(0, 1)^N", "lam": 0.3},
        (
            ("sp.expit(-z)", "sp.expit(z)"),
            ("-X.T @ (t * sp.expit(-z))", "-X.T @ sp.expit(-z)"),
        ),
        {"wrt": ["w"]},
    ),
    CodeCase(
        "rnn_loop", "vjp", ("rnn", "rnn_backward"),
        """
import numpy as np

def rnn(x, h0, Wx, Wh):
    N, T, D = x.shape
    h = np.zeros((N, T, h0.shape[1]))
    prev, caches = h0, []
    for t in range(T):
        prev = np.tanh(x[:, t] @ Wx + prev @ Wh)
        h[:, t] = prev
        caches.append(prev)
    return h, (x, h0, Wx, Wh, h)

def rnn_backward(dh, cache):
    x, h0, Wx, Wh, h = cache
    N, T, D = x.shape
    dx = np.zeros_like(x)
    dWx, dWh = np.zeros_like(Wx), np.zeros_like(Wh)
    dprev = np.zeros_like(h0)
    for t in reversed(range(T)):
        before = h[:, t - 1] if t > 0 else h0
        dnext = dh[:, t] + dprev
        da = dnext * (1 - h[:, t] ** 2)
        dx[:, t] = da @ Wx.T
        dWx += x[:, t].T @ da
        dWh += before.T @ da
        dprev = da @ Wh.T
    return dx, dprev, dWx, dWh
""",
        {"x": "R^(2, 3, 2)", "h0": "R^(2, 2)", "Wx": "R^(2, 2)", "Wh": "R^(2, 2)"},
        (
            ("dnext = dh[:, t] + dprev", "dnext = dh[:, t]"),
            ("dWh += before.T @ da", "dWh += h[:, t].T @ da"),
            ("dWx += x[:, t].T @ da", "dWx = x[:, t].T @ da"),
            ("dprev = da @ Wh.T", "dprev = da @ Wh"),
        ),
    ),
    CodeCase(
        "instance_einsum", "vjp", ("bilinear", "bilinear_vjp"),
        """
import numpy as np

def bilinear(x, A, y):
    return np.einsum("ni,ijk,nj->nk", x, A, y), (x, A, y)

def bilinear_vjp(g, res):
    x, A, y = res
    gx = np.einsum("nk,ijk,nj->ni", g, A, y)
    gA = np.einsum("nk,ni,nj->ijk", g, x, y)
    gy = np.einsum("nk,ijk,ni->nj", g, A, x)
    return gx, gA, gy
""",
        {"x": "R^(N, I)", "A": "R^(I, J, K)", "y": "R^(N, J)"},
        (
            ('gx = np.einsum("nk,ijk,nj->ni", g, A, y)', 'gx = np.einsum("nk,ijk->ni", g, A)'),
            ('->ijk", g, x, y)', '->ijk", g, x, y) / len(x)'),
        ),
    ),
    CodeCase(
        "sin_features", "vjp", ("features", "features_back"),
        """
import numpy as np

FREQUENCIES = np.array([1.0, 2.0, 4.0])

def features(x, w):
    phase = x[:, None] * FREQUENCIES * w
    return np.hstack([np.sin(phase), np.cos(phase)]), (x, w, phase)

def features_back(dout, cache):
    x, w, phase = cache
    k = phase.shape[1]
    dphase = dout[:, :k] * np.cos(phase) - dout[:, k:] * np.sin(phase)
    dx = (dphase * FREQUENCIES * w).sum(axis=1)
    dw = (dphase * FREQUENCIES * x[:, None]).sum(axis=0)
    return dx, dw
""",
        {"x": "R^N", "w": "R^3"},
        (
            ("- dout[:, k:] * np.sin(phase)", "+ dout[:, k:] * np.sin(phase)"),
            ("dx = (dphase * FREQUENCIES * w).sum(axis=1)", "dx = (dphase * w).sum(axis=1)"),
            ("dw = (dphase * FREQUENCIES * x[:, None]).sum(axis=0)",
             "dw = (dphase * FREQUENCIES).sum(axis=0)"),
        ),
    ),
    CodeCase(
        "scan_linear", "vjp", ('scan', 'scan_vjp'),
        """
import numpy as np

def scan(a, b, h0):
    T = a.shape[0]
    hs = []
    h = h0
    for t in range(T):
        h = a[t] * h + b[t]
        hs.append(h)
    return np.stack(hs), (a, hs, h0)

def scan_vjp(g, res):
    a, hs, h0 = res
    da = np.zeros_like(a)
    db = np.zeros_like(a)
    carry = np.zeros_like(h0)
    for t in range(len(hs) - 1, -1, -1):
        carry = carry + g[t]
        prev = hs[t - 1] if t > 0 else h0
        da[t] = carry * prev
        db[t] = carry
        carry = carry * a[t]
    return da, db, carry
""",
        {"a": 'R^(T, D)', "b": 'R^(T, D)', "h0": 'R^D'},
        (('db[t] = carry', 'db[t] = g[t]'),),
    ),
    CodeCase(
        "gru_cell", "vjp", ('gru_forward', 'gru_backward'),
        """
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def gru_forward(x, h, Wz, Uz, Wr, Ur, Wn, Un):
    z = sigmoid(x @ Wz + h @ Uz)
    r = sigmoid(x @ Wr + h @ Ur)
    hn = h @ Un
    n = np.tanh(x @ Wn + r * hn)
    out = (1 - z) * n + z * h
    cache = dict(x=x, h=h, z=z, r=r, n=n, hn=hn, Wz=Wz, Uz=Uz, Wr=Wr, Ur=Ur, Wn=Wn, Un=Un)
    return out, cache

def gru_backward(dout, c):
    dz = dout * (c["h"] - c["n"])
    dn = dout * (1 - c["z"])
    dh = dout * c["z"]
    dan = dn * (1 - c["n"] ** 2)
    dr = dan * c["hn"]
    dhn = dan * c["r"]
    daz = dz * c["z"] * (1 - c["z"])
    dar = dr * c["r"] * (1 - c["r"])
    dh = dh + dhn @ c["Un"].T + daz @ c["Uz"].T + dar @ c["Ur"].T
    dx = dan @ c["Wn"].T + daz @ c["Wz"].T + dar @ c["Wr"].T
    return {
        "dx": dx, "dh": dh,
        "dWz": c["x"].T @ daz, "dUz": c["h"].T @ daz,
        "dWr": c["x"].T @ dar, "dUr": c["h"].T @ dar,
        "dWn": c["x"].T @ dan, "dUn": c["h"].T @ dhn,
    }
""",
        {"x": 'R^(2, 3)', "h": 'R^(2, 2)', "Wz": 'R^(3, 2)', "Uz": 'R^(2, 2)', "Wr": 'R^(3, 2)', "Ur": 'R^(2, 2)', "Wn": 'R^(3, 2)', "Un": 'R^(2, 2)'},
        (('dhn = dan * c["r"]', 'dhn = dan'),),
    ),
    CodeCase(
        "maxout", "vjp", ('maxout_fwd', 'maxout_bwd'),
        """
import numpy as np

def maxout_fwd(x, W, b):
    z = np.tensordot(x, W, axes=([1], [1])) + b
    k = z.argmax(axis=1)
    rows, cols = np.ogrid[:z.shape[0], :z.shape[2]]
    return z[rows, k, cols], (x, W, k, z.shape)

def maxout_bwd(dy, saved):
    x, W, k, shape = saved
    dz = np.zeros(shape)
    rows, cols = np.ogrid[:shape[0], :shape[2]]
    dz[rows, k, cols] = dy
    dx = np.einsum("npm,pdm->nd", dz, W)
    dW = np.einsum("npm,nd->pdm", dz, x)
    db = dz.sum(axis=0)
    return dx, dW, db
""",
        {"x": 'R^(N, D)', "W": 'R^(2, D, M)', "b": 'R^(2, M)'},
        (('db = dz.sum(axis=0)', 'db = dz.mean(axis=0)'),),
    ),
    CodeCase(
        "masked_ce", "grad", ('seq_ce',),
        """
import numpy as np

def seq_ce(logits, target, mask):
    shifted = logits - np.max(logits, axis=-1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    B, T, V = logits.shape
    b, t = np.meshgrid(np.arange(B), np.arange(T), indexing="ij")
    nll = -logp[b, t, target]
    total = mask.sum()
    loss = (nll * mask).sum() / total
    grad = np.exp(logp)
    grad[b, t, target] -= 1
    grad = grad * mask[..., None] / total
    return loss, grad
""",
        {"logits": 'R^(2, 3, 4)', "target": np.array([[0, 1, 3], [2, 2, 0]]), "mask": np.array([[1, 1, 0], [1, 0, 1]])},
        (('grad[b, t, target] -= 1', 'grad[b, t, target] = -1'),),
    ),
]  # fmt: skip
