"""Batch normalization step by step; one line of the backward is wrong."""

import numpy as np


def batchnorm_forward(x, gamma, beta, eps=1e-5):
    mean = x.mean(axis=0)
    centred = x - mean
    variance = (centred**2).mean(axis=0)
    std = np.sqrt(variance + eps)
    inverse = 1.0 / std
    normal = centred * inverse
    out = gamma * normal + beta
    return out, (centred, std, inverse, normal, gamma)


def batchnorm_backward(dout, cache):
    centred, std, inverse, normal, gamma = cache
    N = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * normal).sum(axis=0)
    dnormal = dout * gamma
    dinverse = (dnormal * centred).sum(axis=0)
    dstd = -dinverse / std
    dvariance = dstd / (2 * std)
    dcentred = dnormal * inverse + 2 * centred * dvariance / N
    dx = dcentred - dcentred.mean(axis=0)
    return dx, dgamma, dbeta
