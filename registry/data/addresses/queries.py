"""Reads of the address table."""

from django.db.models import QuerySet

from registry.data.addresses.models import AddressRule
from studio.errors import NotFound


def translate(uri: str) -> str:
    """The place in a datastore that stands for an address outside; the address itself where no rule covers it.

    The longest prefix wins, and it ends where a part of the address ends: `https://host/data` covers `https://host/data/x`
    and not `https://host/database`.
    """
    scheme, mark, rest = uri.partition("://")
    if not mark or scheme.lower() == "azureml":
        return uri
    wanted = f"{scheme.lower()}://{rest}"
    rules = [rule for rule in AddressRule.objects.all() if _covers(rule.prefix, wanted)]
    if not rules:
        return uri
    rule = max(rules, key=lambda rule: len(rule.prefix))
    below = wanted[len(rule.prefix) :].partition("?")[0].lstrip("/")
    return f"azureml://datastores/{rule.datastore}/paths/" + "/".join(
        part for part in (rule.path.strip("/"), below) if part
    )


def _covers(prefix: str, uri: str) -> bool:
    return uri.startswith(prefix) and (prefix.endswith("/") or uri[len(prefix) : len(prefix) + 1] in ("", "/", "?"))


def rules() -> "QuerySet[AddressRule]":
    return AddressRule.objects.select_related("created_by").order_by("prefix", "id")


def rule(pk: int) -> AddressRule:
    """One rule. Raises NotFound."""
    found = rules().filter(pk=pk).first()
    if found is None:
        raise NotFound("not_found", "There is no such address rule.")
    return found
