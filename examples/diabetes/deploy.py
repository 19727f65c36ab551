"""Train the model, register it and serve it: `python examples/diabetes/deploy.py`, after `atelier login`.

A second time it makes the next version, which takes over once it is ready.
"""

import json
from pathlib import Path

import atelier

HERE = Path(__file__).resolve().parent
SERVING = HERE.parent / "serve-diabetes"  # the endpoint, its deployment, the scoring script, a sample


def main() -> None:
    studio = atelier.Workspace()
    run = studio.submit(HERE / "job.yml")
    print(f"Training: {run.url}", flush=True)
    for piece in run.stream():
        print(piece, end="", flush=True)
    run.wait(check=True)

    model = studio.models.register("diabetes", f"runs:/{run.id}/outputs")
    print(f"Registered version {model['version']}: {model['url']}", flush=True)

    try:
        studio.endpoints.create_from_file(SERVING / "endpoint.yml")
    except atelier.Conflict:
        pass  # it is there already, with its keys and its traffic
    chosen = {"model": f"azureml:diabetes:{model['version']}"}
    blue = studio.endpoints.deploy(SERVING / "blue.yml", all_traffic=True, set=chosen)
    deployments = studio.endpoints.deployments("diabetes")
    print(f"Deploying: {deployments.address(blue['url'])}", flush=True)
    deployments.wait(blue["name"])

    sample = json.loads((SERVING / "sample.json").read_text())
    print(f"It answers {studio.endpoints.invoke('diabetes', sample)}")


if __name__ == "__main__":
    main()
