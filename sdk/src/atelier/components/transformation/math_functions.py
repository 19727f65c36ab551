"""The functions of Apply Math Operation: by name, of one number or of two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

BASIC = [
    "Abs",
    "Atan2",
    "Conj",
    "CubeRoot",
    "DoubleFactorial",
    "Eps",
    "Exp",
    "Exp2",
    "ExpMinus1",
    "Factorial",
    "Hypotenuse",
    "ImaginaryPart",
    "Ln",
    "LnPlus1",
    "Log",
    "Log10",
    "Log2",
    "NthRoot",
    "Pow",
    "RealPart",
    "Sqrt",
    "SqrtPi",
    "Square",
]
COMPARE = [
    "EqualTo",
    "GreaterThan",
    "GreaterThanOrEqualTo",
    "LessThan",
    "LessThanOrEqualTo",
    "NotEqualTo",
    "PairMax",
    "PairMin",
]
OPERATIONS = ["Add", "Divide", "Multiply", "Subtract"]
ROUNDING = [
    "Ceiling",
    "CeilingPower2",
    "Floor",
    "Mod",
    "Quotient",
    "Remainder",
    "RoundDigits",
    "RoundDown",
    "RoundUp",
    "ToEven",
    "ToMultiple",
    "ToOdd",
    "Truncate",
]
SPECIAL = [
    "Beta",
    "BetaLn",
    "EllipticIntegralE",
    "EllipticIntegralK",
    "Erf",
    "Erfc",
    "ErfcScaled",
    "ErfInverse",
    "ExponentialIntegralEin",
    "Gamma",
    "GammaLn",
    "GammaRegularizedP",
    "GammaRegularizedPInverse",
    "GammaRegularizedQ",
    "GammaRegularizedQInverse",
    "Polygamma",
]
TRIGONOMETRIC = [
    "Acos",
    "AcosDegree",
    "Acosh",
    "Acot",
    "AcotDegree",
    "Acoth",
    "Acsc",
    "AcscDegree",
    "Acsch",
    "Argument",
    "Asec",
    "AsecDegree",
    "Asech",
    "Asin",
    "AsinDegree",
    "Asinh",
    "Atan",
    "AtanDegree",
    "Atanh",
    "Cis",
    "Cos",
    "CosDegree",
    "Cosh",
    "Cot",
    "CotDegree",
    "Coth",
    "Csc",
    "CscDegree",
    "Csch",
    "DegreesToRadians",
    "RadiansToDegrees",
    "Sec",
    "SecDegree",
    "Sech",
    "Sign",
    "Sin",
    "Sinc",
    "SinDegree",
    "Sinh",
    "Tan",
    "TanDegree",
    "Tanh",
]
CATEGORIES: Mapping[str, list[str]] = {
    "Basic": BASIC,
    "Compare": COMPARE,
    "Operations": OPERATIONS,
    "Rounding": ROUNDING,
    "Special": SPECIAL,
    "Trigonometric": TRIGONOMETRIC,
}
BINARY = {
    "Atan2", "Hypotenuse", "Log", "NthRoot", "Pow", *COMPARE, *OPERATIONS, "Mod", "Quotient", "Remainder", "RoundDigits",
    "RoundDown", "RoundUp", "ToMultiple", "Beta", "BetaLn", "GammaRegularizedP", "GammaRegularizedPInverse",
    "GammaRegularizedQ", "GammaRegularizedQInverse", "Polygamma",
}  # fmt: skip


def named(name: str) -> Callable[..., Any]:
    """The function of that name: it takes arrays of numbers, two of them when the name is in BINARY."""
    return _every()[name]


@cache
def _every() -> dict[str, Callable[..., Any]]:
    import numpy as np

    return {**_basic(np), **_compared(np), **_rounded(np), **_special(np), **_trigonometric(np)}


def _basic(np: Any) -> dict[str, Callable[..., Any]]:
    from scipy import special

    return {
        "Abs": np.abs,
        "Atan2": np.arctan2,
        "Conj": np.conj,
        "CubeRoot": np.cbrt,
        "DoubleFactorial": lambda x: _double_factorial(np, special, x),
        "Eps": lambda x: np.spacing(np.abs(x)),
        "Exp": np.exp,
        "Exp2": np.exp2,
        "ExpMinus1": np.expm1,
        "Factorial": lambda x: np.where(x < 0, np.nan, special.gamma(x + 1)),
        "Hypotenuse": np.hypot,
        "ImaginaryPart": np.imag,
        "Ln": np.log,
        "LnPlus1": np.log1p,
        "Log": lambda x, base: np.log(x) / np.log(base),
        "Log10": np.log10,
        "Log2": np.log2,
        "NthRoot": lambda x, n: np.where((x < 0) & (n % 2 == 1), -(np.abs(x) ** (1 / n)), x ** (1 / n)),
        "Pow": np.power,
        "RealPart": np.real,
        "Sqrt": np.sqrt,
        "SqrtPi": lambda x: np.sqrt(np.pi * x),
        "Square": np.square,
    }


def _double_factorial(np: Any, special: Any, x: Any) -> Any:
    """x·(x−2)·(x−4)… of whole numbers from 0 on; nothing of others."""
    even = np.power(2.0, x / 2) * special.gamma(x / 2 + 1)
    odd = np.power(2.0, (x + 1) / 2) * special.gamma(x / 2 + 1) / np.sqrt(np.pi)
    return np.where((x < 0) | (x % 1 != 0), np.nan, np.round(np.where(x % 2 == 0, even, odd)))


def _compared(np: Any) -> dict[str, Callable[..., Any]]:
    return {
        "EqualTo": np.equal,
        "GreaterThan": np.greater,
        "GreaterThanOrEqualTo": np.greater_equal,
        "LessThan": np.less,
        "LessThanOrEqualTo": np.less_equal,
        "NotEqualTo": np.not_equal,
        "PairMax": np.maximum,
        "PairMin": np.minimum,
        "Add": np.add,
        "Divide": np.divide,
        "Multiply": np.multiply,
        "Subtract": np.subtract,
    }


def _rounded(np: Any) -> dict[str, Callable[..., Any]]:
    def scaled(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda x, digits: function(x * np.power(10.0, digits)) / np.power(10.0, digits)

    return {
        "Ceiling": np.ceil,
        "CeilingPower2": lambda x: np.power(2.0, np.ceil(np.log2(x))),
        "Floor": np.floor,
        "Mod": np.mod,
        "Quotient": lambda x, y: np.trunc(x / y),
        "Remainder": np.fmod,
        "RoundDigits": scaled(np.round),
        "RoundDown": scaled(np.trunc),
        "RoundUp": scaled(lambda x: np.sign(x) * np.ceil(np.abs(x))),
        "ToEven": lambda x: 2 * np.round(x / 2),
        "ToMultiple": lambda x, y: y * np.round(x / y),
        "ToOdd": lambda x: 2 * np.round((x - 1) / 2) + 1,
        "Truncate": np.trunc,
    }


def _special(np: Any) -> dict[str, Callable[..., Any]]:
    from scipy import special

    return {
        "Beta": special.beta,
        "BetaLn": special.betaln,
        "EllipticIntegralE": special.ellipe,
        "EllipticIntegralK": special.ellipk,
        "Erf": special.erf,
        "Erfc": special.erfc,
        "ErfcScaled": special.erfcx,
        "ErfInverse": special.erfinv,
        "ExponentialIntegralEin": lambda x: np.where(x == 0, 0, np.euler_gamma + np.log(np.abs(x)) - special.expi(-x)),
        "Gamma": special.gamma,
        "GammaLn": special.gammaln,
        "GammaRegularizedP": lambda x, a: special.gammainc(a, x),
        "GammaRegularizedPInverse": lambda x, a: special.gammaincinv(a, x),
        "GammaRegularizedQ": lambda x, a: special.gammaincc(a, x),
        "GammaRegularizedQInverse": lambda x, a: special.gammainccinv(a, x),
        "Polygamma": lambda x, n: np.where((n < 0) | (n % 1 != 0), np.nan, special.polygamma(np.abs(n).astype(int), x)),
    }


def _trigonometric(np: Any) -> dict[str, Callable[..., Any]]:
    direct = {
        "Sin": np.sin,
        "Cos": np.cos,
        "Tan": np.tan,
        "Cot": lambda x: 1 / np.tan(x),
        "Sec": lambda x: 1 / np.cos(x),
        "Csc": lambda x: 1 / np.sin(x),
    }
    inverse = {
        "Asin": np.arcsin,
        "Acos": np.arccos,
        "Atan": np.arctan,
        "Acot": lambda x: np.where(x == 0, np.pi / 2, np.arctan(1 / x)),
        "Asec": lambda x: np.arccos(1 / x),
        "Acsc": lambda x: np.arcsin(1 / x),
    }
    found: dict[str, Callable[..., Any]] = {**direct, **inverse, **_hyperbolic(np)}
    for name, function in direct.items():
        found[f"{name}Degree"] = lambda x, function=function: function(np.radians(x))
    for name, function in inverse.items():
        found[f"{name}Degree"] = lambda x, function=function: np.degrees(function(x))
    return {
        **found,
        "Argument": np.angle,
        "Cis": lambda x: np.exp(1j * x),
        "DegreesToRadians": np.radians,
        "RadiansToDegrees": np.degrees,
        "Sign": np.sign,
        "Sinc": np.sinc,
    }


def _hyperbolic(np: Any) -> dict[str, Callable[..., Any]]:
    return {
        "Sinh": np.sinh,
        "Cosh": np.cosh,
        "Tanh": np.tanh,
        "Coth": lambda x: 1 / np.tanh(x),
        "Sech": lambda x: 1 / np.cosh(x),
        "Csch": lambda x: 1 / np.sinh(x),
        "Asinh": np.arcsinh,
        "Acosh": np.arccosh,
        "Atanh": np.arctanh,
        "Acoth": lambda x: np.arctanh(1 / x),
        "Asech": lambda x: np.arccosh(1 / x),
        "Acsch": lambda x: np.arcsinh(1 / x),
    }
