"""The density that a loss is the negative logarithm of, as `sympy.stats` knows it."""

from __future__ import annotations

import ast

import sympy
from sympy import Expr, stats
from sympy.functions.combinatorial.factorials import CombinatorialFunction

from symloss.language import FUNCTIONS
from symloss.spec import calls
from symloss.spec.definitions import check_expression
from symloss.spec.model import Input, Likelihood, scalar_symbol
from symloss.spec.names import suggestion
from symloss.spec.parse import Parser
from symloss.spec.scope import Scope
from symloss.spec.source import Passage, Source
from symloss.spec.syntax import read_syntax

DENSITIES = (
    *("Bernoulli", "Beta", "Cauchy", "Exponential", "Gamma", "GaussianInverse", "Geometric"),
    *("Laplace", "LogNormal", "Logistic", "NegativeBinomial", "Normal", "Pareto", "Poisson"),
    *("Rayleigh", "StudentT", "Uniform", "Weibull"),
)
"""Names of `sympy.stats` that a spec may use; their arguments are those of SymPy."""
_FORM = 'a density is a distribution of sympy.stats with its arguments: "Normal(prediction, 1)"'


def read_likelihood(
    source: Source, variable: str, inputs: tuple[Input, ...], scope: Scope, find: calls.Find
) -> Likelihood:
    """The table `[likelihood]`.

    Raises:
        SpecError: the variable is no scalar input, the density is unknown or has wrong arguments.
    """
    _check_variable(source.passage("likelihood", "variable"), variable, inputs)
    passage = source.passage("likelihood", "density")
    syntax = read_syntax(passage)
    statement = syntax.tree.body[0] if len(syntax.tree.body) == 1 else None
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.keywords:
        passage.fail("this is no density", 0, _FORM)
    if call.func.id not in DENSITIES:
        hint = suggestion(call.func.id, DENSITIES)
        syntax.fail(f"there is no density named {call.func.id!r}", call.func, hint)
    parser = Parser(syntax, scope, find, law=True)
    arguments = [parser.number(argument).expression for argument in call.args]
    for expression, node in zip(arguments, call.args, strict=True):
        check_expression(parser, expression, node)
    try:
        chosen = getattr(stats, call.func.id)("variable", *arguments)
        density = stats.density(chosen)(scalar_symbol(variable))
    except (TypeError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        syntax.fail(f"SymPy refuses these arguments: {reason}", call, "see sympy.stats")
    return Likelihood(variable, passage.text.strip(), _logarithm(density), passage.place(0))


def _check_variable(passage: Passage, variable: str, inputs: tuple[Input, ...]) -> None:
    scalars = [entry.name for entry in inputs if not entry.shape and not entry.is_index]
    if variable not in scalars:
        remedy = f"the inputs without core dimensions are: {', '.join(scalars) or 'none'}"
        passage.fail(f"{variable!r} is no input that a density can be of", 0, remedy)


def _logarithm(density: Expr) -> Expr:
    """The logarithm in the language's own functions."""
    special = density.rewrite(sympy.gamma)
    assert not special.has(CombinatorialFunction)
    loggamma = FUNCTIONS["loggamma"].build
    return sympy.log(special.replace(sympy.gamma, lambda x: sympy.exp(loggamma(x))))
