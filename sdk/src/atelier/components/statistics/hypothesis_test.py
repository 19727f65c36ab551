"""Hypothesis Test: whether what is seen could be chance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from atelier.components import column_kinds
from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import Table

if TYPE_CHECKING:
    import pandas as pd

ONE_SAMPLE, PAIRED, STUDENT, WELCH = "One-sample t", "Paired t", "Student t", "Welch t"
MANN_WHITNEY, CHI, ANOVA, KS = "Mann-Whitney U", "Chi-squared", "One-way ANOVA", "Kolmogorov-Smirnov"
TWO_GROUPS = (STUDENT, WELCH, MANN_WHITNEY, KS)
TWO_SIDED = "two-sided"


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """One row: the test, its statistic, degrees of freedom, p-value and whether it is below the level. Gaps are left out."""
    import pandas as pd

    table: Table = inputs["dataset"]
    test = parameters["test"]
    found = _carried(table, test, parameters)
    row = {
        "Test": test,
        "Column": parameters["column"],
        "Compared with": str(found["with"]),
        "Statistic": float(found["statistic"]),
        "Degrees of freedom": found.get("df", float("nan")),
        "P-value": float(found["pvalue"]),
        "Significance level": parameters["significance_level"],
        "Is significant": bool(found["pvalue"] < parameters["significance_level"]),
        "Rows": found["rows"],
    }
    context.log_metrics({"p_value": row["P-value"], "statistic": row["Statistic"]})
    groups = pd.DataFrame(found["groups"], columns=pd.Index(["Group", "Rows", "Mean", "Standard deviation"]))
    return {"results_dataset": Table(pd.DataFrame([row])), "groups": Table(groups)}


def _carried(table: Table, test: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    from scipy import stats

    column = table.require(parameters["column"], parameter="column", port="dataset")
    side = parameters.get("alternative", TWO_SIDED)
    if test == CHI:
        return _chi_squared(table, column, parameters)
    values = _numbers(table, column, "column")
    if test == ONE_SAMPLE:
        known = values.dropna()
        _enough({column: known}, 2)
        found = stats.ttest_1samp(known, parameters["mean"], alternative=side)
        return _said(found, parameters["mean"], {column: known}, found.df)
    if test == PAIRED:
        other = table.require(parameters["second_column"], parameter="second_column", port="dataset")
        both = values.notna() & table.frame[other].notna()
        samples = {column: values[both], other: _numbers(table, other, "second_column")[both]}
        _enough(samples, 2)
        found = stats.ttest_rel(*samples.values(), alternative=side)
        return _said(found, other, samples, found.df)
    samples = _by_group(table, values, parameters, None if test == ANOVA else 2)
    _enough(samples, 2)
    return _compared(test, samples, side, parameters["group_column"])


def _compared(test: str, samples: dict[str, Any], side: str, group: str) -> dict[str, Any]:
    from scipy import stats

    lists = list(samples.values())
    if test == ANOVA:
        found = stats.f_oneway(*lists)
        return _said(found, group, samples, sum(map(len, lists)) - len(lists))
    if test == MANN_WHITNEY:
        return _said(stats.mannwhitneyu(*lists, alternative=side), group, samples)
    if test == KS:
        return _said(stats.ks_2samp(*lists, alternative=side), group, samples)
    found = stats.ttest_ind(*lists, equal_var=test == STUDENT, alternative=side)
    return _said(found, group, samples, found.df)


def _chi_squared(table: Table, column: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    import pandas as pd
    from scipy import stats

    group = table.require(parameters["group_column"], parameter="group_column", port="dataset")
    counts = pd.crosstab(table.frame[column].astype("string"), table.frame[group].astype("string"))
    if min(counts.shape) < 2:
        raise ComponentError(f"{column!r} and {group!r} must have two values each.", parameter="group_column")
    found = stats.chi2_contingency(counts)
    rows = int(counts.to_numpy().sum())
    groups = [(str(name), int(counts[name].sum()), float("nan"), float("nan")) for name in counts.columns]
    known = {"statistic": found.statistic, "pvalue": found.pvalue, "df": float(found.dof)}
    return {**known, "with": group, "rows": rows, "groups": groups}


def _by_group(table: Table, values: pd.Series, parameters: Mapping[str, Any], wanted: int | None) -> dict[str, Any]:
    group = table.require(parameters["group_column"], parameter="group_column", port="dataset")
    labels = table.frame[group].astype("string")
    samples = {str(one): values[(labels == one).fillna(False)].dropna() for one in sorted(labels.dropna().unique())}
    if wanted and len(samples) != wanted:
        said = f"{group!r} has {len(samples)} groups; {parameters['test']} compares {wanted}: filter the rows first."
        raise ComponentError(said, parameter="group_column", port="dataset")
    if len(samples) < 2:
        raise ComponentError(f"{group!r} has one group: two or more are compared.", parameter="group_column")
    return samples


def _enough(samples: Mapping[str, Any], least: int) -> None:
    for name, values in samples.items():
        if len(values) < least:
            said = (
                f"{name!r} has {len(values)} {'value' if len(values) == 1 else 'values'}: at least {least} are needed."
            )
            raise ComponentError(said, port="dataset")


def _numbers(table: Table, name: str, parameter: str) -> pd.Series:
    kind = column_kinds.of_series(table.frame[name])
    if kind not in (column_kinds.NUMERIC, column_kinds.BOOLEAN):
        raise ComponentError(f"The test needs numbers; {name!r} is {kind}.", parameter=parameter, port="dataset")
    return table.frame[name].astype("float64")


def _said(found: Any, other: Any, samples: Mapping[str, Any], df: float = float("nan")) -> dict[str, Any]:
    groups = [(name, len(one), float(one.mean()), float(one.std())) for name, one in samples.items()]
    known = {"statistic": found.statistic, "pvalue": found.pvalue, "df": float(df)}
    return {**known, "with": other, "rows": sum(map(len, samples.values())), "groups": groups}


COMPONENT = Component(
    name="hypothesis_test",
    label="Hypothesis Test",
    category="Statistical functions",
    description="Tests whether a difference could be chance: t, Welch, Mann-Whitney, chi-squared, ANOVA, Kolmogorov-Smirnov.",
    run=run,
    inputs=(Port("dataset", PortType.DATASET),),
    outputs=(
        Port("results_dataset", PortType.DATASET, description="The statistic and the p-value."),
        Port("groups", PortType.DATASET, description="Rows, mean and standard deviation of what was compared."),
    ),
    parameters=(
        Parameter(
            "test",
            Kind.CHOICE,
            default=WELCH,
            choices=(WELCH, STUDENT, PAIRED, ONE_SAMPLE, MANN_WHITNEY, CHI, ANOVA, KS),
        ),
        Parameter("column", Kind.COLUMN, port="dataset"),
        Parameter(
            "group_column",
            Kind.COLUMN,
            port="dataset",
            description="Its values are the groups that are compared.",
            when={"test": (*TWO_GROUPS, CHI, ANOVA)},
        ),
        Parameter("second_column", Kind.COLUMN, port="dataset", when={"test": (PAIRED,)}),
        Parameter("mean", Kind.NUMBER, "Compared mean", 0.0, when={"test": (ONE_SAMPLE,)}),
        Parameter(
            "alternative",
            Kind.CHOICE,
            default=TWO_SIDED,
            choices=(TWO_SIDED, "less", "greater"),
            description="Whether the first is asked to be less or greater; groups are in the order of their names.",
            when={"test": (*TWO_GROUPS, ONE_SAMPLE, PAIRED)},
        ),
        Parameter("significance_level", Kind.NUMBER, default=0.05, minimum=0, maximum=1),
    ),
    packages=("scipy",),
    keywords=("t-test", "anova", "p-value", "significance", "chi2"),
)
