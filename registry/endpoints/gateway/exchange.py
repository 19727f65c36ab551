"""What a wire and a deployment know of a request: a caller's, or a mirrored copy."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from registry.endpoints.gateway.heads import Answer
    from registry.endpoints.gateway.instances import Instance
    from registry.endpoints.gateway.wire import Wire


class Exchange(Protocol):
    instance: "Instance | None"  # whom it asks; None when it does not wait for an answer any more
    is_head: bool  # HEAD: the answer has no body whatever its headers say
    is_sent: bool  # all of the request is on its way; an answer before that ends the connection
    deadline: float  # when it has taken too long, by the loop's clock; 0: never

    def go(self, instance: "Instance") -> None:
        """It is its turn: ask this instance."""

    def connected(self, wire: "Wire") -> None:
        """A connection is there: send the request."""

    def refused(self, instance: "Instance") -> None:
        """No connection could be made; nothing was sent."""

    def answered(self, head: "Answer", data: bytes, is_end: bool) -> None:
        """The answer's head with the first part of its body; `is_end` when that is all of it."""

    def more(self, data: bytes, is_end: bool) -> None:
        """A further part of the body."""

    def broken(self, status: int, code: str, message: str) -> None:
        """Sent, and no whole answer came."""

    def expired(self, now: float) -> None:
        """Its deadline has passed."""

    def hold_body(self) -> None:
        """The instance does not take more just now."""

    def go_on_body(self) -> None:
        """It takes more again."""
