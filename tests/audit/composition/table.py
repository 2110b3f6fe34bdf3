"""Losses of any size and of several variables, with truths worked out by hand.

A row: the math, its inputs ("x real N" is a real input of shape [N]), what it varies by, the truths
and why. Truths: c convex, v concave, s strictly convex, S strongly convex, q quasiconvex; a capital
after "+" or "-" tells which way, as in "+c -s".
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from symloss.audit.signs import worker
from symloss.spec import Spec, read_spec

NAMES = {
    "c": "convex",
    "v": "concave",
    "s": "strictly_convex",
    "S": "strongly_convex",
    "q": "quasiconvex",
}

SECONDS = 10.0
"""Of a search, as in audits; alone they need a quarter of that at most."""


def found_by(search: Callable[..., Any], *asked: Any) -> Any:
    """What a search finds where audits run it: in the worker, which remembers what it was asked."""
    return worker.run(search, *asked, seconds=6 * SECONDS)


class Row(NamedTuple):
    """One loss and what is true of it."""

    math: str
    inputs: str
    truths: str
    why: str
    wrt: str = ""
    parameters: str = ""

    @property
    def expected(self) -> dict[str, bool]:
        """Truths by the properties' names."""
        return {NAMES[word[1]]: word[0] == "+" for word in self.truths.split()}


ANY_SIZE = [
    Row("logsumexp(x[k], k) - x[label]", "x real K; label index(K)", "+c -v -s -S +q",
        "log-sum-exp is convex; constant along (1, ..., 1) when added to every logit"),
    Row("sum(w[k]*x[k], k) - sum(log(x[k]), k)", "x positive K; w real K", "+c -v +s -S",
        "the barrier of the orthant: 1/x**2 on the diagonal", "x"),
    Row("-2*sum(log(1 - x[k]**2), k)", "x (-1,1) K", "+c -v +s +S", "4 (1 + x2)/(1 - x2)**2 >= 4"),
    Row("-sum(x[k]*log(x[k]), k)", "x positive K", "-c +v -s", "entropy"),
    Row("log(sum(exp(x[k]), k))", "x real K", "+c -v -s -S", "the naive spelling; affine along ones"),
    Row("log(1 + sum(exp(x[k]), k))", "x real K", "+c -v +s -S",
        "log-sum-exp with one logit held at 0: strictly convex, curvature dies in the tails"),
    Row("-log(exp(x[label])/sum(exp(x[k]), k))", "x real K; label index(K)", "+c -v -s", "softmax"),
    Row("logsumexp(sum(A[n,d]*x[d], d) + b[n], n)", "A real N,D; b real N; x real D", "+c -v -s -S",
        "log-sum-exp of affine forms; A = 0 makes it constant", "x"),
    Row("log(sum(cosh(x[k]), k))", "x real K", "+c -v +s -S",
        "v'Hv s**2 = s sum(cosh v**2) - (sum sinh v)**2 > 0 by Cauchy-Schwarz and sinh**2 < cosh**2"),
    Row("log(sum(x[k]**2, k) + 1)", "x real K", "-c -v +q", "log(1 + r**2) bends down for r > 1"),
    Row("sqrt(sum(x[k]**2, k))", "x real K", "+c -v -s -S", "a norm: linear along rays"),
    Row("sqrt(sum(x[k]**2, k) + eps**2)", "x real K", "+c -v +s -S",
        "a norm of (x, eps), eps > 0: strictly convex, linear in the tails", "", "eps positive"),
    Row("sum(Abs(x[k])**p, k)**(1/p)", "x real K", "+c -v -s", "the p-norm", "", "p [1,oo)"),
    Row("sum(Abs(x[k])**3, k)**(1/3)", "x real K", "+c -v -s", "the 3-norm"),
    Row("sum(sqrt(Abs(x[k])), k)**2", "x real K", "-c -v -q", "p = 1/2 is no norm for K = 2"),
    Row("max(Abs(x[k]), k)", "x real K", "+c -v -s", "the largest absolute value is a norm"),
    Row("sum(sqrt(sum(x[g,p]**2, p)), g)", "x real G,P", "+c -v -s", "a mixed norm"),
    Row("sqrt(sum(sum(Abs(x[g,p]), p)**2, g))", "x real G,P", "+c -v -s", "a mixed norm"),
    Row("sum(x[k]**2, k)/y", "x real K; y positive", "+c -v -s -S", "quadratic over linear", "x y"),
    Row("sum(x[k]**2, k)/sum(y[k], k)", "x real K; y positive K", "+c -v -s",
        "the perspective of a square, after sums", "x y"),
    Row("sum(x[k]**2/y[k], k)", "x real K; y positive K", "+c -v -s", "term by term", "x y"),
    Row("sum(x[k]**3, k)/y", "x positive K; y positive", "+c -v",
        "the cube of the 3-norm over y: degrees 3 - 1 >= 1", "x y"),
    Row("sum(x[k]**3, k)/y**2", "x positive K; y positive", "+c -v -s",
        "y*h(x/y) with h(x) = sum(x**3) convex: a perspective", "x y"),
    Row("sum(x[k]**2, k)/y**2", "x real K; y positive", "-c -v", "degree 0: (x/y)**2 is not convex", "x y"),
    Row("prod(x[k], k)**(1/K)", "x positive K", "-c +v -s", "the geometric mean is concave; linear along rays"),
    Row("exp(mean(log(x[k]), k))", "x positive K", "+v", "the geometric mean, spelled with logarithms"),
    Row("-exp(mean(log(x[k]), k))", "x positive K", "+c -v -s", "its negative"),
    Row("1/mean(1/x[k], k)", "x positive K", "-c +v", "the harmonic mean is concave; linear in x for K = 1"),
    Row("K/sum(1/x[k], k)", "x positive K", "-c +v", "the harmonic mean"),
    Row("prod(x[k], k)", "x positive K", "-c -v", "for K = 1 linear, for K = 2 x*y is neither"),
    Row("sum(x[k]*log(x[k]), k)", "x positive K", "+c -v +s -S", "1/x > 0 falls to 0"),
    Row("sum(x[k]*log(x[k]), k)", "x [0,1] K", "+c -v +s +S", "1/x >= 1"),
    Row("sum(p[k]*log(p[k]/q[k]), k)", "p positive K; q positive K", "+c -v -s", "relative entropy: homogeneous", "p q"),
    Row("sum(p[k]*log(p[k]/q[k]) - p[k] + q[k], k)", "p positive K; q positive K", "+c -v -s", "KL", "p q"),
    Row("sum(p[k]*log(p[k]/q[k]), k)", "p positive K; q positive K", "+c -v -S",
        "in q alone -p log q, whose curvature p/q**2 falls to 0", "q"),
    Row("-sum(t[k]*log(q[k]), k)", "t simplex(K) K; q simplex(K) K", "+c -v -s", "t = e1 leaves q2, q3 out", "q"),
    Row("-sum(y[i]*log(p[i]) + (1 - y[i])*log(1 - p[i]), i)", "p (0,1) N; y {0,1} N", "+c -v +s +S",
        "-log p has curvature 1/p**2 >= 1", "p"),
    Row("sum(log(1 + exp(-y[n]*sum(X[n,d]*w[d], d))), n) + a*sum(w[d]**2, d)/2",
        "X real N,D; y {-1,1} N; w real D", "+c -v +s +S", "logistic regression with a ridge", "w", "a positive"),
    Row("sum(log(1 + exp(-y[n]*sum(X[n,d]*w[d], d))), n)", "X real N,D; y {-1,1} N; w real D",
        "+c -v -s -S", "X = 0", "w"),
    Row("sum((sum(X[n,d]*w[d], d) - y[n])**2, n)", "X real N,D; y real N; w real D", "+c -v -s -S", "X = 0", "w"),
    Row("sum(sum(X[n,d]*w[d], d)**2 - 2*y[n]*sum(X[n,d]*w[d], d) + y[n]**2, n)",
        "X real N,D; y real N; w real D", "+c -v -s", "the square, expanded", "w"),
    Row("mean((sum(X[n,d]*w[d], d) - y[n])**2, n)/2 + a*sum(Abs(w[d]), d) + b*sum(w[d]**2, d)",
        "X real N,D; y real N; w real D", "+c -v +s +S", "elastic net", "w", "a nonnegative; b positive"),
    Row("mean((sum(X[n,d]*w[d], d) - y[n])**2, n)/2 + b*sum(w[d]**2, d)",
        "X real N,D; y real N; w real D", "+c", "strict where b > 0", "w", "b nonnegative"),
    Row("sum((sum(X[n,d]*w[d], d) - y[n])**2, n)", "X real N,D; y real N; w real D", "-c -v",
        "jointly in X and w a product", "X w"),
    Row("sum(x[k]**2, k)", "x real K", "+c -v +s +S", "2 I"),
    Row("mean(x[k]**2, k)", "x real K", "+c -v +s +S", "2/K I, positive for every K"),
    Row("sum(x[k], k)**2", "x real K", "+c -v -s -S", "constant where the sum is; strict for K = 1 only"),
    Row("sum(x[k]**2, k) - sum(x[k], k)**2", "x real K", "-c -v",
        "zero for K = 1, indefinite for K = 2: -2 x1 x2"),
    Row("mean(x[k]**2, k) - mean(x[k], k)**2", "x real K", "+c -v -s -S", "the variance, by Jensen; zero along ones"),
    Row("sum((x[k] - mean(x[j], j))**2, k)", "x real K", "+c -v -s", "the variance, centred"),
    Row("sum(x[k]**4, k)", "x real K", "+c -v +s -S", "x**4 is strictly convex, flat at 0"),
    Row("sum(x[k]**4 - x[k]**2, k)", "x real K", "-c -v -q", "two wells"),
    Row("sum(x[k]**4, k) - 2*sum(x[k]**2, k)**2", "x real K", "-c", "K = 1 gives -x**4"),
    Row("sum(x[k]**4, k) + sum(x[k]**2, k)**2", "x real K", "+c -v +s -S", "convex terms"),
    Row("sum(x[k]**2, k)**2", "x real K", "+c -v +s -S", "r**4"),
    Row("exp(sum(x[k]**2, k))", "x real K", "+c -v +s +S", "curvature at least 2"),
    Row("-exp(-sum(x[k]**2, k))", "x real K", "-c -v +q", "bends down in the tails; an increasing function of r"),
    Row("sum(exp(x[k]), k)", "x real K", "+c -v +s -S", "separable"),
    Row("exp(sum(x[k], k))", "x real K", "+c -v -s", "constant where the sum is"),
    Row("prod(exp(x[k]), k)", "x real K", "+c -v -s", "exp of the sum"),
    Row("sum(max(x[n,k], k), n)", "x real N,K", "+c -v -s", "largest of coordinates"),
    Row("max(x[k], k) - min(x[k], k)", "x real K", "+c -v -s", "the spread; zero for K = 1"),
    Row("min(x[k], k)", "x real K", "-c +v", "concave; for K = 2 not convex"),
    Row("max(x[k], k) + min(x[k], k)", "x real K", "-c -v", "for K = 2 the sum; for K = 3 neither"),
    Row("sum(where(m[k] > 0, x[k]**2, 0), k)", "x real K; m {0,1} K", "+c -v -s -S", "a mask may hide all", "x"),
    Row("sum(where(m[k] > 0, x[k]**2, -x[k]**2), k)", "x real K; m {0,1} K", "-c -v", "by the mask", "x"),
    Row("sum(where(x[k] > 0, x[k]**2, 0), k)", "x real K", "+c -v -s", "squared hinge"),
    Row("sum(where(x[k] > 0, x[k], x[k]/2), k)", "x real K", "+c -v -s", "slopes 1/2 and 1"),
    Row("sum(where(x[k] > 0, x[k]/2, x[k]), k)", "x real K", "-c +v", "slopes fall"),
    Row("sum(where(x[k] > 0, x[k] + 1, 0), k)", "x real K", "-c -v", "a jump"),
    Row("sum(x[perm[i]]**2, i)", "x real N; perm index(N) N", "+c -v -s -S", "perm may leave places out", "x"),
    Row("sum(x[i]*x[perm[i]], i)", "x real N; perm index(N) N", "-c -v", "x1*x2 when perm swaps", "x"),
    Row("x[label]**2", "x real K; label index(K)", "+c -v -s", "the other places are left out", "x"),
    Row("sum(Max(0, 1 + x[k] - x[label]), k) - 1", "x real K; label index(K)", "+c -v -s", "Crammer-Singer"),
    Row("max(where(k != label, 1 + x[k] - x[label], 0), k)", "x real K; label index(K)", "+c -v -s",
        "the largest of affine forms"),
    Row("1 - (2*sum(p[i]*t[i], i) + 1)/(sum(p[i], i) + sum(t[i], i) + 1)", "p [0,1] I; t {0,1} I", "-c -v", "Dice", "p"),
    Row("Max(0, sqrt(sum((a[d] - p[d])**2, d)) - sqrt(sum((a[d] - n[d])**2, d)) + m)",
        "a real D; p real D; n real D", "-c -v", "triplet", "a p n", "m positive"),
    Row("sum(a[d]*b[d], d)", "a real D; b real D", "-c -v -q", "bilinear", "a b"),
    Row("sum(a[d]*b[d], d)", "a real D; b real D", "+c +v -s", "linear in one", "a"),
    Row("sum(x[d]**2*w[d], d)", "x real D; w nonnegative D", "+c -v -s", "weights may be 0", "x"),
    Row("sum(x[d]**2*w[d], d)", "x real D; w positive D", "+c -v +s", "weights have no least value above 0", "x"),
    Row("sum(x[d]**2*w[d], d)", "x real D; w [1,2] D", "+c -v +s +S", "at least 2", "x"),
    Row("sum(x[d]**2*w[d], d)", "x real D; w real D", "-c -v", "weights of both signs", "x"),
    Row("stop_gradient(sum(x[d], d))*sum(x[d], d)", "x real D", "+c -v -s", "the value is a square"),
    Row("sqrt(sum(log(x[k] + 1)**2, k))", "x nonnegative K", "-c -v", "log(1 + x) for K = 1 is concave"),
    Row("sum(sqrt(x[k]), k)", "x nonnegative K", "-c +v", "separable"),
    Row("sum(sqrt(x[k]), k)**2", "x nonnegative K", "-c +v",
        "the 1/2-mean of nonnegative numbers is concave; linear for K = 1"),
    Row("log(sum(x[k], k))", "x positive K", "-c +v", "log of a sum"),
    Row("log(prod(x[k], k))", "x positive K", "-c +v", "a sum of logarithms"),
    Row("sum(x[k]**2, k)/(1 + sum(x[k]**2, k))", "x real K", "-c -v +q", "an increasing function of r"),
    Row("sum(log(1 + x[k]**2), k)", "x real K", "-c -v -q", "Cauchy: bends down; sublevel sets are not convex for K = 2"),
    Row("sum(Abs(x[k] - y[k]), k)/(sum(Abs(y[k]), k) + 1)", "x real K; y real K", "+c -v -s", "a scaled norm", "x"),
    Row("sqrt(mean((x[k] - y[k])**2, k))", "x real K; y real K", "+c -v -s", "root mean square", "x"),
    Row("sum((x[k] - y[k])**2/2 + a*Abs(x[k] - y[k]), k)", "x real K; y real K", "+c +s +S", "square plus", "x", "a nonnegative"),
    Row("sum((x[k] - y[k])**2/2 - a*Abs(x[k] - y[k]), k)", "x real K; y real K", "-c", "a kink downwards", "x", "a positive"),
    Row("sum(Piecewise(((x[k]-y[k])**2/2, Abs(x[k]-y[k]) <= a), (a*(Abs(x[k]-y[k]) - a/2), True)), k)",
        "x real K; y real K", "+c -v -s", "Huber", "x", "a positive"),
    Row("1/sum(x[k], k)", "x positive K", "+c -v", "the reciprocal of an affine form"),
    Row("sum(x[k]**3, k)/sum(x[k], k)**2", "x positive K", "+c -v", "the perspective of a sum of cubes"),
    Row("sum(x[k]**2 + cos(x[k]), k)", "x real K", "+c -v +s +S", "2 - cos(x) >= 1"),
    Row("sum(x[k]*log(x[k]/sum(x[j], j)), k)", "x positive K", "+c -v -s", "relative entropy to the sum"),
    Row("1/prod(x[k], k)", "x positive K", "+c -v +s", "exp of -sum(log): a log-convex product"),
    Row("sum(Abs(x[k] - x[j]), k, j)", "x real K", "+c -v -s", "zero along ones"),
    Row("sum((x[k] - x[j])**2, k, j)", "x real K", "+c -v -s -S", "zero along ones"),
    Row("sum(x[k]**2, k)/sum(x[k], k)", "x positive K", "+c -v -s", "linear along rays"),
    Row("prod(1 + exp(x[k]), k)", "x real K", "+c -v", "exp of a sum of softplus"),
    Row("-log(sum(exp(-x[k]), k))", "x real K", "-c +v", "the soft minimum"),
    Row("max(x[k]**2, k)", "x real K", "+c -v +q", "the largest of convex ones"),
    Row("sum(exp(x[k])/y[k], k)", "x real K; y positive K", "+c -v", "exp(x - log y)", "x y"),
    Row("Abs(sqrt(sum(x[k]**2, k)) - 1)", "x real K", "-c -v", "1 at 0, 0 on the sphere"),
    Row("Max(sqrt(sum(x[k]**2, k)) - 1, 0)**2", "x real K", "+c -v -s", "0 within the ball"),
    Row("sum(x[k], k)/sqrt(sum(x[k]**2, k) + 1)", "x real K", "-c -v", "x/sqrt(x**2 + 1) for K = 1"),
    Row("sum(where(k == label, (1 - x[k])**2, Max(0, x[k])**2), k)", "x real K; label index(K)",
        "+c -v -s", "squared hinges, all 0 for x = 1 at the label and x < 0 elsewhere"),
    Row("log(1 + exp(sum(x[k]*w[k], k)))", "x real K; w real K", "-c -v", "bilinear within", "x w"),
    Row("sum(where(k == label and x[k] < 1, x[k] - 1, 0), k)", "x real K; label index(K)",
        "-c +v", "a hinge at the label, negated"),
]  # fmt: skip

SEVERAL = [
    Row("x**1.5/sqrt(y)", "x positive; y positive", "+c -v -s", "the perspective of x**1.5", "x y"),
    Row("x**(1/4)*y**(1/2)", "x positive; y positive", "-c +v", "exponents add up to 3/4", "x y"),
    Row("x**2*exp(-y)", "x real; y real", "-c", "determinant (2 - 4) x**2 exp(-2y)", "x y"),
    Row("x**2 + x*y + y**2", "x real; y real", "+c -v +s +S", "eigenvalues 1 and 3", "x y"),
    Row("x**2 + 2*x*y + y**2", "x real; y real", "+c -v -s -S", "a square of the sum", "x y"),
    Row("x**2 + 3*x*y + y**2", "x real; y real", "-c -v -q", "indefinite", "x y"),
    Row("sqrt(x**2 + x*y + y**2)", "x real; y real", "+c -v -s", "the norm of a linear map", "x y"),
    Row("sqrt(x**2 + 3*x*y + 3*y**2 - 2*x - 4*y + 2)", "x real; y real", "+c -v",
        "the quadratic is least at (0, 2/3), where it is 2/3: the norm of an affine map", "x y"),
    Row("sqrt(1 + x**2*y**2)", "x real; y real", "-c", "x*y falls both ways along (1, -1)", "x y"),
    Row("x**4 + y**4 - x**2*y**2", "x real; y real", "-c -v",
        "Hessian [[12x2 - 2y2, -4xy], ..]: at x = 0 the entry is -2y2 < 0", "x y"),
    Row("x**4 + y**4 + x**2*y**2", "x real; y real", "+c -v +s -S",
        "[[12x2+2y2, 4xy],[4xy, 12y2+2x2]]: determinant 24x4 + 24y4 + 132 x2y2 > 0", "x y"),
    Row("x**4 + y**4 + 7*x**2*y**2", "x real; y real", "-c",
        "determinant 168x4 + 168y4 + (144 + 196 - 784)x2y2 = -108 at x = y = 1", "x y"),
    Row("log(exp(x) + exp(y))", "x real; y real", "+c -v -s", "log-sum-exp", "x y"),
    Row("log(1 + exp(x) + exp(y))", "x real; y real", "+c -v +s -S", "with a logit at 0", "x y"),
    Row("log(1 + exp(x - y))", "x real; y real", "+c -v -s", "softplus of a difference", "x y"),
    Row("x**2/y", "x real; y positive", "+c -v -s -S", "quadratic over linear", "x y"),
    Row("x**2/y + y", "x real; y positive", "+c -v -s", "still linear along rays", "x y"),
    Row("x**2/y**2", "x real; y positive", "-c -v", "degree 0", "x y"),
    Row("x**3/y**2", "x positive; y positive", "+c -v -s", "perspective of x**3", "x y"),
    Row("x*log(x/y)", "x positive; y positive", "+c -v -s", "relative entropy", "x y"),
    Row("x*log(x) - x*log(y) - x + y", "x positive; y positive", "+c -v -s", "KL", "x y"),
    Row("-sqrt(x*y)", "x nonnegative; y nonnegative", "+c -v -s", "geometric mean", "x y"),
    Row("-x**(1/3)*y**(2/3)", "x positive; y positive", "+c -v -s", "weighted geometric mean", "x y"),
    Row("x**2*y**2", "x real; y real", "-c -v", "zero on the axes, 1 at (1, 1)", "x y"),
    Row("exp(x)/y", "x real; y positive", "+c -v +s -S", "log-convex; determinant e**2x/y**4 > 0", "x y"),
    Row("exp(x)*y", "x real; y positive", "-c -v", "determinant -e**2x", "x y"),
    Row("1/(x*y)", "x positive; y positive", "+c -v +s -S", "determinant 3/(xy)**4 > 0", "x y"),
    Row("x*y", "x positive; y positive", "-c -v -q", "the level sets bend the other way", "x y"),
    Row("Max(x, y)**2", "x real; y real", "-c -v", "decreasing squares: (-3)**2 against ..", "x y"),
    Row("Max(x, y, 0)**2", "x real; y real", "+c -v -s", "nonnegative convex squared", "x y"),
    Row("sqrt(x**2 + y**2 + 1) - 1", "x real; y real", "+c -v +s -S", "a smoothed norm", "x y"),
    Row("Abs(x - y) + Abs(x + y)", "x real; y real", "+c -v -s", "twice the largest absolute value", "x y"),
    Row("Abs(x*y)", "x real; y real", "-c -v", "zero on the axes", "x y"),
    Row("exp(-x)*(y - 1)**2 + x", "x real; y real", "-c -v",
        "determinant 2e**-2x (y-1)**2 - 4 e**-2x (y-1)**2 < 0", "x y"),
    Row("(y - 1)**2/(2*v) + log(v)/2", "y real; v positive", "-c -v", "the log bends down", "y v"),
    Row("(y - 1)**2/(2*v) - log(v)", "y real; v positive", "+c -v +s",
        "[[1/v, -u/v2],[., u2/v3 + 1/v2]]: determinant 1/v**3 > 0", "y v"),
    Row("logaddexp(x, y) - Max(x, y)", "x real; y real", "-c -v", "softplus(-|d|), a peak", "x y"),
    Row("log(cosh(x - y)) + x**2/2 + y**2/2", "x real; y real", "+c -v +s +S", "at least the identity", "x y"),
    Row("(x - y)**2 + (x - z)**2 + (y - z)**2", "x real; y real; z real", "+c -v -s", "zero along ones", "x y z"),
    Row("x**2 + y**2 + z**2 - x*y - y*z - z*x", "x real; y real; z real", "+c -v -s", "half of that", "x y z"),
    Row("x**2 + y**2 + z**2 - 2*x*y - y*z - z*x", "x real; y real; z real", "-c -v",
        "at (1, 1, 1): 3 - 4 = -1", "x y z"),
    Row("(x**2 + y**2)/z", "x real; y real; z positive", "+c -v -s", "quadratic over linear", "x y z"),
    Row("x**2/(y - x)", "x [0,1]; y [2,3]", "+c -v -s", "quadratic over a positive affine form", "x y"),
    Row("-log(x*y - 1)", "x [2,3]; y [2,3]", "+c -v +s",
        "-log of xy - 1: H = [y2, 1; 1, x2]/(xy-1)**2 with determinant (x2y2 - 1) > 0", "x y"),
    Row("-log(y - x**2)", "x [-1/2,1/2]; y [1,2]", "+c -v +s", "minus log of a concave function", "x y"),
    Row("a*x**2 + b*x*y + a*y**2", "x real; y real", "-c", "b may exceed 2a", "x y", "a positive; b real"),
    Row("a*x**2 + b*y**2", "x real; y real", "+c -v +s +S", "by the smaller of 2a and 2b", "x y",
        "a positive; b positive"),
]  # fmt: skip
ROWS = ANY_SIZE + SEVERAL


def spec_of(row: Row, folder: Path) -> Spec:
    """The row as a spec, read from a file."""
    lines = ['title = "t"', 'summary = "s"', 'source = "s"', f"math = '''\nloss = {row.math}\n'''"]
    if row.wrt:
        lines.append("wrt = [" + ", ".join(f'"{name}"' for name in row.wrt.split()) + "]")
    lines.append("[inputs]")
    for text in row.inputs.split(";"):
        name, domain, *shape = text.split()
        sizes = "".join(f", shape = {part.split(',')}" for part in shape)
        lines.append(f'{name} = {{ domain = "{domain}"{sizes} }}')
    lines.append("[parameters]" if row.parameters else "")
    for text in filter(None, row.parameters.split(";")):
        name, domain = text.split()
        lines.append(f'{name} = {{ domain = "{domain}", default = 2 }}')
    path = folder / "row.toml"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return read_spec(path)
