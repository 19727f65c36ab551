"""What an input of a pipeline takes, by who takes it."""

from collections.abc import Mapping
from typing import Any

PLACES = ("uri_file", "uri_folder")


def as_taken(document: Mapping[str, Any], name: str, spec: Mapping[str, Any], value: Any) -> Mapping[str, Any]:
    """The declaration of an input as a run's value is judged by it: the studio's components take a file and a folder alike.

    So an asset may be either there, when it is named by itself; who says a type with it means that one.
    """
    is_asset = isinstance(value, str) and value.startswith("azureml:") and not value.startswith("azureml://")
    if not is_asset or not isinstance(spec, Mapping) or spec.get("type") not in PLACES:
        return spec
    bound = f"${{{{parent.inputs.{name}}}}}"
    takers = [job for job in (document.get("jobs") or {}).values() if bound in (job.get("inputs") or {}).values()]
    is_ours = takers and all(str(job.get("component")).startswith("atelier:") for job in takers)
    return {**spec, "type": ""} if is_ours else spec
