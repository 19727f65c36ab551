"""Reads of the address table."""

from registry.data.addresses.models import AddressRule


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
