"""The price of a car, by two learners: `python examples/cars/pipeline.py`, after `atelier login`.

A second time nothing is computed: every step says from where its outputs were taken over.
"""

import atelier

cars_of_sample = atelier.component("atelier:automobile_price:1")
clean_missing_data = atelier.component("atelier:clean_missing_data:1")
split_data = atelier.component("atelier:split_data:1")
linear_regression = atelier.component("atelier:linear_regression:1")
boosted_trees = atelier.component("atelier:boosted_decision_tree_regression:1")
train_model = atelier.component("atelier:train_model:1")
score_model = atelier.component("atelier:score_model:1")
evaluate_model = atelier.component("atelier:evaluate_model:1")
write_report = atelier.command(
    name="report",
    command="python report.py ${{inputs.evaluation}} ${{outputs.report}}",
    code="report",
    inputs={"evaluation": "Evaluation"},
    outputs={"report": "uri_folder"},
)


@atelier.pipeline(display_name="Car prices", experiment_name="cars")
def car_prices(share: float = 0.7, trees: int = 50):
    """Linear regression beside boosted trees, on the same rows."""
    cars = cars_of_sample()
    clean = clean_missing_data(dataset=cars.outputs.dataset, cleaning_mode="Remove entire row")
    split = split_data(dataset=clean.outputs.cleaned_dataset, fraction_of_rows=share, seed=7)

    line = linear_regression()
    boosted = boosted_trees(number_of_trees_constructed=trees, random_number_seed=7)
    train_line = train_model(
        untrained_model=line.outputs.untrained_model, dataset=split.outputs.results_dataset1, label_column="price"
    )
    train_boosted = train_model(
        untrained_model=boosted.outputs.untrained_model, dataset=split.outputs.results_dataset1, label_column="price"
    )
    score_line = score_model(trained_model=train_line.outputs.trained_model, dataset=split.outputs.results_dataset2)
    score_boosted = score_model(
        trained_model=train_boosted.outputs.trained_model, dataset=split.outputs.results_dataset2
    )

    evaluate = evaluate_model(
        scored_dataset=score_line.outputs.scored_dataset,
        scored_dataset_to_compare=score_boosted.outputs.scored_dataset,
    )
    evaluate.comment = "The first is the line, the second the trees."
    report = write_report(evaluation=evaluate.outputs.evaluation_results)
    return {"model": train_boosted.outputs.trained_model, "report": report.outputs.report}


if __name__ == "__main__":
    run = car_prices(share=0.75).submit()
    print(f"Running: {run.url}", flush=True)
    run.wait(check=True)
    for step in atelier.Workspace().pipeline_runs.steps(run.id):
        print(f"{step['path']:16} {step['state']:10} {step['reuse_note']}")
