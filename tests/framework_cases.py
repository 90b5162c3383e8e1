"""Functions of PyTorch and JAX with rules of their own, each with one slip that makes it wrong.

Must not know how they are checked: a case is a name, the sets of its inputs, a text, and what in
it is replaced by what to make it wrong.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Case(NamedTuple):
    """A text that defines `F`, and its slip."""

    name: str
    sets: dict[str, Any]
    text: str
    slip: tuple[str, str]


X = {"x": "R^(N, D)"}


def torch_case(name: str, sets: dict[str, Any], forward: str, backward: str, *slip: str) -> Case:
    """A `torch.autograd.Function` of the bodies of its two methods."""
    names = ", ".join(sets)
    text = "import math\nimport torch\n\nclass F(torch.autograd.Function):\n    @staticmethod\n"
    text += f"    def forward(ctx, {names}):\n{_body(forward)}\n    @staticmethod\n"
    text += f"    def backward(ctx, g):\n{_body(backward)}\n"
    return Case(name, sets, text, (slip[0], slip[1]))


def jax_case(name: str, sets: dict[str, Any], parts: str, *slip: str) -> Case:
    """A `jax.custom_vjp` of the primal's, the forward's and the backward's expressions."""
    primal, forward, backward = (part.strip() for part in parts.split("---"))
    names = ", ".join(sets)
    text = "import jax\nimport jax.numpy as jnp\n\n@jax.custom_vjp\n"
    text += f"def F({names}):\n{_body(primal, 4)}\n\ndef fwd({names}):\n{_body(forward, 4)}\n\n"
    text += f"def bwd(res, g):\n{_body(backward, 4)}\n\nF.defvjp(fwd, bwd)\n"
    return Case(name, sets, text, (slip[0], slip[1]))


def _body(text: str, indent: int = 8) -> str:
    return "\n".join(" " * indent + line for line in text.strip().splitlines())


S = "ctx.save_for_backward"
T = "ctx.saved_tensors"
TORCH = [
    torch_case("exp", X, f"y = torch.exp(x)\n{S}(y)\nreturn y", f"y, = {T}\nreturn g * y",
               "g * y", "g * y * y"),
    torch_case("tanh", X, f"y = torch.tanh(x)\n{S}(y)\nreturn y",
               f"y, = {T}\nreturn g * (1 - y ** 2)", "y ** 2", "y"),
    torch_case("relu in place", X, f"{S}(x)\nreturn x.clamp(min=0)",
               f"x, = {T}\ngi = g.clone()\ngi[x < 0] = 0\nreturn gi", "gi[x < 0] = 0",
               "gi[x < -1] = 0"),
    torch_case("leaky relu", X, f"{S}(x)\nreturn torch.where(x > 0, x, 0.1 * x)",
               f"x, = {T}\nreturn torch.where(x > 0, g, 0.1 * g)", "0.1 * g", "0.2 * g"),
    torch_case("silu", X, f"s = torch.sigmoid(x)\n{S}(x, s)\nreturn x * s",
               f"x, s = {T}\nreturn g * (s + x * s * (1 - s))", "(1 - s)", "(1 + s)"),
    torch_case("softplus", X, f"{S}(x)\nreturn torch.log1p(torch.exp(x))",
               f"x, = {T}\nreturn g * torch.sigmoid(x)", "torch.sigmoid(x)", "torch.tanh(x)"),
    torch_case("softmax", X, f"y = torch.softmax(x, dim=-1)\n{S}(y)\nreturn y",
               f"y, = {T}\nreturn y * (g - (g * y).sum(dim=-1, keepdim=True))",
               "(g * y).sum", "g.sum"),
    torch_case("log-softmax", X, f"y = torch.log_softmax(x, 1)\n{S}(y)\nreturn y",
               f"y, = {T}\nreturn g - torch.exp(y) * g.sum(1, keepdim=True)", "torch.exp(y)", "y"),
    torch_case("linear", {"x": "R^(N, D)", "W": "R^(M, D)", "b": "R^M"},
               f"{S}(x, W)\nreturn x @ W.t() + b",
               f"x, W = {T}\ngx = gW = gb = None\nif ctx.needs_input_grad[0]:\n    gx = g.mm(W)\n"
               "if ctx.needs_input_grad[1]:\n    gW = g.t().mm(x)\nif ctx.needs_input_grad[2]:\n"
               "    gb = g.sum(0)\nreturn gx, gW, gb", "g.sum(0)", "g.mean(0)"),
    torch_case("scale by an attribute", X, "ctx.k = 3\nreturn ctx.k * x", "return ctx.k * g",
               "return ctx.k * g", "return g"),
    torch_case("mean square", X, f"{S}(x)\nreturn (x ** 2).mean()",
               f"x, = {T}\nreturn g * 2 * x / x.numel()", "x.numel()", "x.shape[0]"),
    torch_case("layer norm", X,
               "m = x.mean(1, keepdim=True)\nv = ((x - m) ** 2).mean(1, keepdim=True)\n"
               f"r = torch.rsqrt(v + 1e-5)\nh = (x - m) * r\n{S}(h, r)\nreturn h",
               f"h, r = {T}\nreturn r * (g - g.mean(1, keepdim=True)"
               " - h * (g * h).mean(1, keepdim=True))", " - g.mean(1, keepdim=True)", ""),
    torch_case("rms norm", {"x": "R^(N, D)", "w": "R^D"},
               f"r = torch.rsqrt((x * x).mean(-1, keepdim=True) + 1e-6)\n{S}(x, w, r)\n"
               "return x * r * w",
               f"x, w, r = {T}\ngh = g * w\nd = x.shape[-1]\n"
               "gx = r * gh - x * r ** 3 / d * (gh * x).sum(-1, keepdim=True)\n"
               "return gx, (g * x * r).sum(0)", "r ** 3", "r ** 2"),
    torch_case("clamp", X, f"{S}(x)\nreturn x.clamp(-1, 1)",
               f"x, = {T}\nreturn g * ((x > -1) & (x < 1))", "(x > -1)", "(x > 0)"),
    torch_case("norm of rows", X, f"n = x.norm(dim=1)\n{S}(x, n)\nreturn n",
               f"x, n = {T}\nreturn g[:, None] * x / n[:, None]", "x / n[:, None]", "x"),
    torch_case("matrix product", {"a": "R^(N, M)", "b": "R^(M, D)"}, f"{S}(a, b)\nreturn a @ b",
               f"a, b = {T}\nreturn g @ b.T, a.T @ g", "a.T @ g", "2 * (a.T @ g)"),
    torch_case("rows by index", {"W": "R^(5, D)", "i": [0, 3, 3, 1]}, "i = torch.as_tensor(i)\n"
               f"{S}(i)\nctx.n = W.shape[0]\nreturn W[i]",
               f"i, = {T}\ngW = torch.zeros(ctx.n, g.shape[1], dtype=g.dtype)\n"
               "gW.index_add_(0, i, g)\nreturn gW, None", "gW.index_add_(0, i, g)", "gW[i] = g"),
    torch_case("cube with halves", X, f"{S}(x)\nreturn 0.5 * x ** 3",
               f"x, = {T}\nreturn 1.5 * x ** 2 * g", "1.5", "1.5001"),
    torch_case("largest of rows", X, f"v, k = x.max(1)\n{S}(k)\nctx.s = x.shape\nreturn v",
               f"k, = {T}\no = torch.zeros(ctx.s, dtype=g.dtype)\n"
               "o.scatter_(1, k[:, None], g[:, None])\nreturn o", "g[:, None])", "-g[:, None])"),
    torch_case("gelu by erf", X, f"{S}(x)\nreturn 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))",
               f"x, = {T}\nc = 0.5 * (1 + torch.erf(x / math.sqrt(2)))\n"
               "p = torch.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)\nreturn g * (c + x * p)",
               "c + x * p", "c + p"),
]  # fmt: skip
JAX = [
    jax_case("exp", X,
             "return jnp.exp(x)\n---\ny = jnp.exp(x)\nreturn y, y\n---\nreturn (g * res,)",
             "g * res", "res"),
    jax_case("tanh", X, "return jnp.tanh(x)\n---\ny = jnp.tanh(x)\nreturn y, y\n---\n"
             "return (g * (1 - res ** 2),)", "res ** 2", "res"),
    jax_case("relu", X, "return jnp.maximum(x, 0)\n---\nreturn jnp.maximum(x, 0), x\n---\n"
             "return (jnp.where(res > 0, g, 0),)", "res > 0", "res > -1"),
    jax_case("value of another function", X, "return jnp.sin(x)\n---\nreturn jnp.sin(x), x\n---\n"
             "return (g * jnp.cos(res),)", "return jnp.sin(x), x", "return jnp.sin(x) + 1, x"),
    jax_case("softmax", X, "return jax.nn.softmax(x, axis=-1)\n---\ny = jax.nn.softmax(x, axis=-1)"
             "\nreturn y, y\n---\nreturn (res * (g - jnp.sum(g * res, -1, keepdims=True)),)",
             "g * res, -1", "g, -1"),
    jax_case("logsumexp", X, "return jax.nn.logsumexp(x, axis=1)\n---\n"
             "y = jax.nn.logsumexp(x, axis=1)\nreturn y, (x, y)\n---\nx, y = res\n"
             "return (g[:, None] * jnp.exp(x - y[:, None]),)", "jnp.exp(x - y[:, None])",
             "jnp.exp(x)"),
    jax_case("linear", {"x": "R^(N, D)", "W": "R^(D, M)", "b": "R^M"},
             "return x @ W + b\n---\nreturn x @ W + b, (x, W)\n---\nx, W = res\n"
             "return g @ W.T, x.T @ g, g.sum(0)", "g.sum(0)", "g.mean(0)"),
    jax_case("mean square", X, "return jnp.mean(x ** 2)\n---\nreturn jnp.mean(x ** 2), x\n---\n"
             "return (g * 2 * res / res.size,)", "res.size", "res.shape[0]"),
    jax_case("layer norm", X, "m = x.mean(1, keepdims=True)\nv = x.var(1, keepdims=True)\n"
             "return (x - m) / jnp.sqrt(v + 1e-5)\n---\nm = x.mean(1, keepdims=True)\n"
             "r = 1 / jnp.sqrt(x.var(1, keepdims=True) + 1e-5)\nh = (x - m) * r\n"
             "return h, (h, r)\n---\nh, r = res\nreturn (r * (g - g.mean(1, keepdims=True)"
             " - h * (g * h).mean(1, keepdims=True)),)", " - g.mean(1, keepdims=True)", ""),
    jax_case("norm of rows", X, "return jnp.sqrt(jnp.sum(x * x, 1))\n---\n"
             "n = jnp.sqrt(jnp.sum(x * x, 1))\nreturn n, (x, n)\n---\nx, n = res\n"
             "return (g[:, None] * x / n[:, None],)", "x / n[:, None]", "x"),
    jax_case("silu", X, "return x * jax.nn.sigmoid(x)\n---\ns = jax.nn.sigmoid(x)\n"
             "return x * s, (x, s)\n---\nx, s = res\nreturn (g * s * (1 + x * (1 - s)),)",
             "(1 - s)", "s"),
    jax_case("softplus", X, "return jnp.log1p(jnp.exp(x))\n---\nreturn jnp.log1p(jnp.exp(x)), x\n"
             "---\nreturn (g * jax.nn.sigmoid(res),)", "jax.nn.sigmoid(res)", "jnp.tanh(res)"),
    jax_case("rows by index", {"W": "R^(5, D)", "i": [0, 3, 3, 1]},
             "return W[jnp.asarray(i)]\n---\nreturn W[jnp.asarray(i)], (W.shape[0], i)\n---\n"
             "n, i = res\nz = jnp.zeros((n, g.shape[1]))\n"
             "return z.at[jnp.asarray(i)].add(g), None", ".add(g)", ".add(2 * g)"),
    jax_case("sum of products by a loop", X, "def step(c, r):\n    return c * 0.5 + r, c\n"
             "c, _ = jax.lax.scan(step, jnp.zeros(x.shape[1]), x)\nreturn c\n---\n"
             "def step(c, r):\n    return c * 0.5 + r, c\n"
             "c, _ = jax.lax.scan(step, jnp.zeros(x.shape[1]), x)\nreturn c, x\n---\n"
             "n = res.shape[0]\nreturn (0.5 ** jnp.arange(n - 1, -1, -1)[:, None] * g,)",
             "(0.5 **", "(0.25 **"),
    jax_case("clip", X, "return jnp.clip(x, -1, 1)\n---\nreturn jnp.clip(x, -1, 1), x\n---\n"
             "return (g * ((res > -1) & (res < 1)),)", "(res > -1)", "(res > 0)"),
    jax_case("cumulated", X, "return jnp.cumsum(x, axis=1)\n---\nreturn jnp.cumsum(x, axis=1), None"
             "\n---\nreturn (jnp.cumsum(g[:, ::-1], axis=1)[:, ::-1],)", "[:, ::-1],)", ",)"),
    Case("forward mode of exp", X, "import jax\nimport jax.numpy as jnp\n\n@jax.custom_jvp\n"
         "def F(x):\n    return jnp.exp(x)\n\n@F.defjvp\ndef rule(primals, tangents):\n"
         "    y = F(primals[0])\n    return y, tangents[0] * y\n",
         ("tangents[0] * y", "2 * tangents[0] * y")),
    Case("forward mode of a product", {"x": "R^(N, D)", "w": "R^D"},
         "import jax\nimport jax.numpy as jnp\n\n@jax.custom_jvp\n"
         "def F(x, w):\n    return jnp.sum(x * w, 1)\n\n@F.defjvp\ndef rule(primals, tangents):\n"
         "    x, w = primals\n    dx, dw = tangents\n"
         "    return F(x, w), jnp.sum(dx * w + x * dw, 1)\n", (" + x * dw", "")),
    Case("an argument that is not differentiated", X, "import jax\nimport jax.numpy as jnp\n"
         "from functools import partial\n\n@partial(jax.custom_vjp, nondiff_argnums=(1,))\n"
         "def F(x, k=3):\n    return k * x ** 2\n\ndef fwd(x, k):\n    return F(x, k), x\n\n"
         "def bwd(k, x, g):\n    return (2 * k * x * g,)\n\nF.defvjp(fwd, bwd)\n",
         ("2 * k", "k")),
    Case("two outputs", X, "import jax\nimport jax.numpy as jnp\n\n@jax.custom_vjp\n"
         "def F(x):\n    return jnp.sin(x), jnp.cos(x)\n\ndef fwd(x):\n"
         "    return (jnp.sin(x), jnp.cos(x)), x\n\ndef bwd(x, g):\n"
         "    return (g[0] * jnp.cos(x) - g[1] * jnp.sin(x),)\n\nF.defvjp(fwd, bwd)\n",
         ("- g[1]", "+ g[1]")),
]  # fmt: skip
