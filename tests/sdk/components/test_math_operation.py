"""Apply Math Operation: every function, against what it is by definition."""

import math

import numpy as np
import pytest
from atelier.components.errors import ComponentError
from atelier.components.transformation import math_functions
from scipy import special

from tests.sdk.components.tables_at_hand import carried, table

pytestmark = pytest.mark.pure

X, Y = 0.6, 3.0
UNARY = {
    "Abs": X, "Conj": X, "CubeRoot": X ** (1 / 3), "Eps": math.ulp(X), "Exp": math.exp(X), "Exp2": 2**X,
    "ExpMinus1": math.expm1(X), "Factorial": math.gamma(1.6), "ImaginaryPart": 0, "Ln": math.log(X),
    "LnPlus1": math.log1p(X), "Log10": math.log10(X), "Log2": math.log2(X), "RealPart": X, "Sqrt": math.sqrt(X),
    "SqrtPi": math.sqrt(math.pi * X), "Square": X * X, "Ceiling": 1, "CeilingPower2": 1, "Floor": 0, "ToEven": 0,
    "ToOdd": 1, "Truncate": 0, "EllipticIntegralE": special.ellipe(X), "EllipticIntegralK": special.ellipk(X),
    "Erf": math.erf(X), "Erfc": math.erfc(X), "ErfcScaled": math.exp(X * X) * math.erfc(X),
    "ErfInverse": special.erfinv(X), "ExponentialIntegralEin": special.exp1(X) + math.log(X) + np.euler_gamma,
    "Gamma": math.gamma(X), "GammaLn": math.lgamma(X), "Acos": math.acos(X), "AcosDegree": math.degrees(math.acos(X)),
    "Acot": math.atan(1 / X), "Asin": math.asin(X), "AsinDegree": math.degrees(math.asin(X)), "Asinh": math.asinh(X),
    "Atan": math.atan(X), "Atanh": math.atanh(X), "Asech": math.acosh(1 / X), "Acsch": math.asinh(1 / X),
    "Argument": 0, "Cos": math.cos(X), "CosDegree": math.cos(math.radians(X)), "Cosh": math.cosh(X),
    "Cot": 1 / math.tan(X), "Coth": 1 / math.tanh(X), "Csc": 1 / math.sin(X), "Csch": 1 / math.sinh(X),
    "DegreesToRadians": math.radians(X), "RadiansToDegrees": math.degrees(X), "Sec": 1 / math.cos(X),
    "SecDegree": 1 / math.cos(math.radians(X)), "Sech": 1 / math.cosh(X), "Sign": 1, "Sin": math.sin(X),
    "Sinc": math.sin(math.pi * X) / (math.pi * X), "Sinh": math.sinh(X), "Tan": math.tan(X), "Tanh": math.tanh(X),
    "TanDegree": math.tan(math.radians(X)), "SinDegree": math.sin(math.radians(X)),
    "CotDegree": 1 / math.tan(math.radians(X)), "CscDegree": 1 / math.sin(math.radians(X)),
    "AtanDegree": math.degrees(math.atan(X)), "AcotDegree": math.degrees(math.atan(1 / X)),
    "Acoth": None, "Acosh": None, "Asec": None, "Acsc": None, "AsecDegree": None, "AcscDegree": None,
    "DoubleFactorial": None,
}  # fmt: skip
BINARY = {
    "Atan2": math.atan2(X, Y), "Hypotenuse": math.hypot(X, Y), "Log": math.log(X, Y), "NthRoot": X ** (1 / Y),
    "Pow": X**Y, "EqualTo": False, "GreaterThan": False, "GreaterThanOrEqualTo": False, "LessThan": True,
    "LessThanOrEqualTo": True, "NotEqualTo": True, "PairMax": Y, "PairMin": X, "Add": X + Y, "Divide": X / Y,
    "Multiply": X * Y, "Subtract": X - Y, "Mod": X, "Quotient": 0, "Remainder": X, "RoundDigits": 0.6,
    "RoundDown": 0.6, "RoundUp": 0.6, "ToMultiple": 0, "Beta": math.gamma(X) * math.gamma(Y) / math.gamma(X + Y),
    "BetaLn": special.betaln(X, Y), "GammaRegularizedP": special.gammainc(Y, X),
    "GammaRegularizedPInverse": special.gammaincinv(Y, X), "GammaRegularizedQ": special.gammaincc(Y, X),
    "GammaRegularizedQInverse": special.gammainccinv(Y, X), "Polygamma": special.polygamma(3, X),
}  # fmt: skip


def of(function: str, values: list[float | None], **more: object) -> list[float]:
    category = next(name for name, known in math_functions.CATEGORIES.items() if function in known)
    chosen = {"category": category, f"{category.lower()}_function": function, "output_mode": "ResultOnly"}
    made = carried("apply_math_operation", {"dataset": table(x=values)}, columns="x", **chosen, **more)
    found: list[float] = made["results_dataset"].frame.iloc[:, 0].tolist()
    return found


def test_there_are_as_many_functions_as_there_should_be() -> None:
    assert [len(known) for known in math_functions.CATEGORIES.values()] == [23, 8, 4, 13, 16, 42]
    every = {name for known in math_functions.CATEGORIES.values() for name in known}
    assert every == {*UNARY, *BINARY, "Cis"} and set(BINARY) == math_functions.BINARY


def test_every_function_is_what_its_name_says() -> None:
    wrong = {}
    for name, wanted in UNARY.items():
        found = math_functions.named(name)(np.array([X])) if wanted is not None else [None]
        if wanted is not None and not math.isclose(float(found[0]), wanted, rel_tol=1e-12, abs_tol=1e-12):
            wrong[name] = (found[0], wanted)
    for name, wanted in BINARY.items():
        found = math_functions.named(name)(np.array([X]), np.array([Y]))
        if not math.isclose(float(found[0]), float(wanted), rel_tol=1e-12, abs_tol=1e-12):
            wrong[name] = (found[0], wanted)
    assert wrong == {}


@pytest.mark.parametrize(
    ("function", "given", "wanted"),
    [
        ("Acosh", 2, math.acosh(2)),
        ("Acoth", 2, math.atanh(0.5)),
        ("Asec", 2, math.acos(0.5)),
        ("AcscDegree", 2, 30),
        ("AsecDegree", 2, 60),
        ("Acsc", 2, math.pi / 6),
        ("DoubleFactorial", 7, 105),
        ("DoubleFactorial", 8, 384),
        ("CubeRoot", -8, -2),
        ("ToOdd", 4.2, 5),
        ("CeilingPower2", 5, 8),
    ],
)
def test_functions_at_other_places(function: str, given: float, wanted: float) -> None:
    assert of(function, [given])[0] == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize(
    ("function", "given", "argument", "wanted"),
    [
        ("RoundUp", -1.234, 2, -1.24),
        ("RoundDown", -1.239, 2, -1.23),
        ("NthRoot", -27, 3, -3),
        ("ToMultiple", 13, 5, 15),
    ],
)
def test_functions_of_two_with_a_constant(function: str, given: float, argument: float, wanted: float) -> None:
    assert of(function, [given], constant_operation_argument=argument)[0] == pytest.approx(wanted, rel=1e-12)


def test_what_has_no_value_is_missing() -> None:
    found = of("Sqrt", [4.0, -1.0, None])
    assert found[0] == 2 and math.isnan(found[1]) and math.isnan(found[2])
    assert of("Divide", [1.0])[0] is not None and math.isnan(of("Divide", [1.0])[0])


def test_results_stand_beside_or_in_place_under_names_that_say_what_they_are() -> None:
    given = {"dataset": table(a=[1, 2], b=[3.0, 4.0])}
    chosen = {"category": "Operations", "operations_function": "Multiply", "operation_argument_type": "ColumnSet"}
    made = carried("apply_math_operation", given, operation_argument_column_set="b", **chosen)["results_dataset"].frame
    assert list(made.columns) == ["a", "b", "Multiply(a, b)", "Multiply(b, b)"]
    assert made["Multiply(a, b)"].tolist() == [3, 8]
    place = carried("apply_math_operation", given, basic_function="Square", output_mode="Inplace")["results_dataset"]
    assert place.frame["a"].tolist() == [1, 4]
    round_trip = carried("apply_math_operation", given, category="Trigonometric", trigonometric_function="Cis")
    assert list(round_trip["results_dataset"].frame.columns)[2:4] == ["Cis(a) real", "Cis(a) imaginary"]


def test_what_is_no_number_is_told() -> None:
    with pytest.raises(ComponentError, match="Only numbers can be computed with; 'a' is string"):
        carried("apply_math_operation", {"dataset": table(a=["x"])}, columns="a")
    chosen = {"category": "Operations", "operation_argument_type": "ColumnSet", "operation_argument_column_set": "a, b"}
    with pytest.raises(ComponentError, match="3 columns are chosen and 2 second arguments"):
        carried("apply_math_operation", {"dataset": table(a=[1], b=[2], c=[3])}, columns="all", **chosen)
