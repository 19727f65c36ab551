"""What a Docker target is told: the form its page is made of, and its settings as the backend uses them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat

from compute.engines import hardening
from studio.secrets.widgets import ConcealedText

NETWORKS = {
    "none": "None: the job reaches the studio and nothing else",
    "bridge": "Bridge: the job reaches whatever the engine's machine reaches",
}
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0", "", None})
MEMORY = "4g"
_SIZE = re.compile(r"([0-9]{1,9})\s*([kmgt]?)i?b?", re.IGNORECASE)
_FACTORS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
LEAST_MEMORY = 64 * 2**20
MOST_GPUS = 64


@dataclass(frozen=True, slots=True)
class DockerSettings:
    """The settings of one target, parsed once."""

    address: str = ""  # "" is this machine's engine
    secret: int | None = None  # the vault's secret that opens a remote engine
    network: str = "none"
    cpus: float | None = None
    memory: int = 4 * 2**30
    pids: int = hardening.PIDS
    gpus: int = 0
    runner_url: str = ""  # where its containers reach the studio; "" is the door, or the studio's own address

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """The settings as they are stored; what is left out has its default."""
        return cls(
            address=str(values.get("address") or ""),
            secret=values.get("secret"),
            network="bridge" if values.get("network") == "bridge" else "none",
            cpus=float(values["cpus"]) if values.get("cpus") else None,
            memory=bytes_of(str(values.get("memory") or MEMORY)) or bytes_of(MEMORY) or 0,
            pids=int(values.get("pids") or hardening.PIDS),
            gpus=gpus_of(str(values.get("gpus") or "0")) or 0,
            runner_url=str(values.get("runner_url") or ""),
        )

    @property
    def words(self) -> str:
        """ "Each job: no network, 4 GiB of memory, 2 CPUs, 512 processes" """
        parts = ["network bridge" if self.network == "bridge" else "no network"]
        parts.append(f"{filesizeformat(self.memory)} of memory")
        if self.cpus:
            parts.append(f"{self.cpus:g} CPU{'' if self.cpus == 1 else 's'}")
        parts.append(f"{self.pids:,} processes")
        if self.gpus:
            parts.append(
                "all GPUs" if self.gpus == hardening.ALL_GPUS else f"{self.gpus} GPU{'' if self.gpus == 1 else 's'}"
            )
        return f"Each job: {', '.join(parts)}"


def bytes_of(text: str) -> int | None:
    """The bytes of `512m`, `4g`, `4GiB`; None when it is no size."""
    match = _SIZE.fullmatch(text.strip())
    return int(match[1]) * _FACTORS[match[2].lower()] if match else None


def gpus_of(text: str) -> int | None:
    """A number of cards, `all` as ALL_GPUS; None for anything else."""
    if text.strip().lower() == "all":
        return hardening.ALL_GPUS
    return int(text) if text.strip().isdecimal() and int(text) <= MOST_GPUS else None


def is_loopback(url: str) -> bool:
    """Whether an address leads a container to itself."""
    try:
        return urlsplit(url).hostname in LOOPBACK
    except ValueError:
        return True


class DockerForm(forms.Form):
    """An engine, and the limits of each container that runs there."""

    address = forms.CharField(
        label="Address",
        required=False,
        max_length=300,
        help_text="Empty: this machine's engine. Else ssh://user@host[:port] or tcp://host:2376 with TLS.",
    )
    network = forms.ChoiceField(label="Network", choices=list(NETWORKS.items()), required=False, initial="none")
    cpus = forms.FloatField(
        label="CPUs",
        required=False,
        min_value=0.1,
        max_value=1024,
        help_text="For each job; empty: all of the engine's.",
    )
    memory = forms.CharField(
        label="Memory", required=False, max_length=20, initial=MEMORY, help_text="For each job, like 512m or 8g."
    )
    pids = forms.IntegerField(
        label="Processes", required=False, min_value=16, max_value=100_000, initial=hardening.PIDS,
        help_text="So many processes and threads may one job have.",
    )  # fmt: skip
    gpus = forms.CharField(
        label="GPUs", required=False, max_length=10, initial="0", help_text="For each job: a number, or all."
    )
    runner_url = forms.CharField(
        label="Studio's address for containers", required=False, max_length=300,
        help_text="For a remote engine: where its containers reach this studio. Empty: the studio's own address.",
    )  # fmt: skip
    # What opens a remote engine. It goes into the vault and never into the target's settings.
    ca = forms.CharField(label="TLS: authority (PEM)", required=False, max_length=20_000, widget=ConcealedText())
    certificate = forms.CharField(
        label="TLS: certificate (PEM)", required=False, max_length=20_000, widget=ConcealedText()
    )
    key = forms.CharField(label="Private key (TLS or SSH)", required=False, max_length=20_000, widget=ConcealedText())
    host_key = forms.CharField(label="SSH: host key", required=False, max_length=2_000)

    credential_fields = ("ca", "certificate", "key", "host_key")
    # Whether the vault has a credential of the target already, which need not be given again.
    has_credential = False

    def clean_address(self) -> str:
        address = str(self.cleaned_data.get("address") or "").strip()
        if not address:
            return ""
        try:
            parts = urlsplit(address)
            well_formed = bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            well_formed = False
        if not well_formed or parts.scheme not in {"ssh", "tcp"} or parts.path.strip("/") or not address.isprintable():
            raise forms.ValidationError("An engine's address is ssh://user@host[:port] or tcp://host:port.")
        if parts.password:
            raise forms.ValidationError("A password has no place in an address: give a private key.")
        if parts.scheme == "ssh" and not parts.username:
            raise forms.ValidationError("An SSH address names its user: ssh://user@host.")
        return address.rstrip("/")

    def clean_memory(self) -> str:
        text = str(self.cleaned_data.get("memory") or MEMORY).strip()
        size = bytes_of(text)
        if size is None or size < LEAST_MEMORY:
            raise forms.ValidationError("Give a size like 512m or 8g, at least 64m.")
        return text

    def clean_gpus(self) -> str:
        text = str(self.cleaned_data.get("gpus") or "0").strip().lower()
        if gpus_of(text) is None:
            raise forms.ValidationError(f"Give a number up to {MOST_GPUS}, or all.")
        return text

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        values["network"] = values.get("network") or "none"
        if values.get("address"):
            self._check_remote(values)
        return values

    def _check_remote(self, values: dict[str, Any]) -> None:
        """What a remote engine needs besides."""
        if values["network"] == "none":
            self.add_error(
                "network", "Containers of a remote engine reach the studio over their network: choose bridge."
            )
        url = values.get("runner_url") or settings.RUNNER_URL
        if is_loopback(url) or urlsplit(url).scheme not in {"http", "https"}:
            self.add_error(
                "runner_url", "Give an http(s) address of this studio that the engine's containers can reach: this one leads them to themselves."
            )  # fmt: skip
        if values["address"].startswith("tcp://") and not self._has("ca", "certificate", "key"):
            self.add_error("certificate", "An engine at tcp:// takes an authority, a certificate and a key (TLS).")
        if values["address"].startswith("ssh://") and not self._has("key", "host_key"):
            self.add_error(
                "key", "An engine at ssh:// takes a private key, and the host's key as ssh-keyscan prints it."
            )

    def _has(self, *names: str) -> bool:
        return self.has_credential or all(self.cleaned_data.get(name) for name in names)
