from layers import Affine, poisson_grad, poisson_nll, softmax_loss

from gradcli.testing import check_grad, check_layer


def test_softmax():
    check_grad(softmax_loss, True, scores="R^(N, C)", y="integers(0, C-1)^N")


def test_poisson():
    check_grad(poisson_nll, poisson_grad, w="R^D", X="R^(N, D)", y="R^N", wrt=["w"])


def test_affine():
    sets = {"W": "R^(D, M)", "b": "R^M"}
    check_layer(Affine, init=sets, x="R^(N, D)", grads={"W": "dW", "b": "db"})
