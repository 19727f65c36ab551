"""The one thread that talks to the server while a script runs."""

from __future__ import annotations

import signal
import threading
import time

from atelier import _client, _delivery, _errors, _journal, _notices

IDLE_SECONDS = 0.25
EXIT_SECONDS = 10.0
BRIEF_ATTEMPTS = 3
FIRST_PAUSE = 0.4
# For the first minutes of an outage the server is tried every few seconds, so that it is used again soon after it is back.
NEAR_LIMIT, NEAR_SECONDS, FAR_LIMIT = 4.0, 300.0, 60.0


class Sender:
    """Sends a journal as it grows, beats for a run that this process owns, and ends when the journal is sent."""

    def __init__(self, journal: _journal.Journal, client: _client.Client | None, *, strict: bool, beats: bool) -> None:
        self.journal = journal
        self.problem: _errors.AtelierError | None = None
        self.is_sent = False
        self._strict = strict
        self._beats = beats
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._hurry = threading.Event()  # somebody waits: pauses are short
        self._is_canceled = False
        self._failures = 0
        self._in_vain = 0  # attempts since something got through or the run ended
        self._failing_since = 0.0
        self._failed_at = 0.0
        self._beat_at = 0.0
        self._thread: threading.Thread | None = None
        if client is not None:
            self._delivery = _delivery.Delivery(
                journal, client, on_cancel=self._cancel, on_refused=self._remember, between=self._between
            )
            self._thread = threading.Thread(target=self._work, name="atelier-sender", daemon=True)
            self._thread.start()

    def wake(self) -> None:
        """Says that there is something to send."""
        self._wake.set()

    def close(self, *, patient: bool, brief: bool) -> bool:
        """Sends the rest and answers whether all of it arrived; what has not is sent on in the background.

        Waits at most 10 s; a patient close waits on while the server keeps acknowledging (a large model on a slow line),
        a brief one ends as soon as it is clear that the server is away.
        """
        self._in_vain = 0
        self._closing.set()
        self._wake.set()
        if self._thread is None:
            self.journal.release()
            return False
        self._hurry.set()
        self._join(self._thread, patient=patient, brief=brief)
        self._hurry.clear()
        return self.is_sent

    @property
    def is_sending(self) -> bool:
        """Whether the thread is still at work."""
        return self._thread is not None and self._thread.is_alive()

    def wait(self, deadline: float) -> bool:
        """Waits for the thread until a moment of the monotonic clock; answers whether everything arrived."""
        self._hurry.set()
        if self._thread is not None:
            self._thread.join(max(0.0, deadline - time.monotonic()))
        return self.is_sent

    def _join(self, thread: threading.Thread, *, patient: bool, brief: bool) -> None:
        started = time.monotonic()
        while thread.is_alive() and not (brief and self._in_vain >= BRIEF_ATTEMPTS):
            last = max(started, self._delivery.progress_at) if patient else started
            left = last + EXIT_SECONDS - time.monotonic()
            if left <= 0:
                return
            thread.join(min(left, 0.1))

    def _work(self) -> None:
        try:
            while not self._step():
                pass
            self.journal.remove()
            self.is_sent = True
            self._delivery.client.close()
        except _errors.Refused as error:
            # The run has finished or is gone: no later try can change that. The journal stays on disk.
            self._say_blocked(error)
        except Exception as error:  # noqa: BLE001 - nothing may escape into the training process
            _notices.warn_once("sender", f"sending stopped ({error!r}); `atelier sync` sends the rest.")
            self._remember(error)

    def _step(self) -> bool:
        """One round. True when the run has ended and everything is sent."""
        try:
            if self._round():
                return True
        except _errors.Unreachable as error:
            self._back_off(error.retry_after or 0.0)
            return False
        except (_errors.Unauthorized, _errors.Denied) as error:
            self._say_blocked(error)
            self._pause(FAR_LIMIT)
            return False
        self._failures = 0
        self._wait_for_work()
        return False

    def _round(self) -> bool:
        delivery = self._delivery
        # Read before sending: what is recorded after this moment is sent in another round.
        closing = self._closing.is_set()
        self._wake.clear()
        delivery.start()
        self._beat()
        self._send_small()
        while delivery.send_file():
            self._beat()
            self._send_small()
        if not closing:
            return False
        if self._beats:
            self._send_siblings()
        delivery.finish()
        return True

    def _send_small(self) -> None:
        while self._delivery.send_record():
            self._beat()
        while self._delivery.send_console():
            self._beat()

    def _send_siblings(self) -> None:
        """Sends what dead worker processes of this run have left: after the end the server takes no more."""
        from atelier import _sync

        client = self._delivery.client
        _sync.sync(
            self.journal.folder.parent,
            run_id=self.journal.head.run_id,
            url=client.url,
            token=client.token,
            workspace=client.workspace,
        )

    def _between(self) -> None:
        """Runs between two chunks of an upload, so that a large file holds up neither heartbeats nor points."""
        try:
            self._beat()
            self._send_small()
        except _errors.ServerError:
            # The upload itself will fail too, or the next round meets the same error.
            pass

    def _beat(self) -> None:
        now = time.monotonic()
        if not self._beats or not self.journal.head.job_id or now < self._beat_at:
            return
        self._delivery.heartbeat()
        self._beat_at = now + self._delivery.lease_seconds / 3

    def _wait_for_work(self) -> None:
        # Captured output raises no event of its own: it is looked for a few times a second.
        if self._wake.wait(IDLE_SECONDS if self._beats else self._delivery.lease_seconds):
            return

    def _back_off(self, retry_after: float) -> None:
        import random

        now = time.monotonic()
        if self._delivery.progress_at > self._failed_at:
            # Something got through since the last failure: this is a new outage, not the same one going on.
            self._failures = self._in_vain = 0
        self._failed_at = now
        if self._failures == 0:
            self._failing_since = now
            _notices.forget("outage")
        self._failures += 1
        if self._failures == 3:
            _notices.warn_once(
                "outage", f"{self._delivery.client.url} does not answer; recording to {self.journal.folder} meanwhile."
            )
        limit = NEAR_LIMIT if now - self._failing_since < NEAR_SECONDS else FAR_LIMIT
        ceiling = min(limit, FIRST_PAUSE * 2.0 ** min(self._failures, 10))
        self._pause(max(random.uniform(0.05, ceiling), min(retry_after, FAR_LIMIT)))

    def _pause(self, seconds: float) -> None:
        self._in_vain += 1
        if self._hurry.is_set():
            time.sleep(min(seconds, 1.0))
        else:
            self._hurry.wait(seconds)

    def _remember(self, error: Exception) -> None:
        if self._strict and self.problem is None:
            self.problem = error if isinstance(error, _errors.AtelierError) else _errors.AtelierError(repr(error))

    def _say_blocked(self, error: _errors.Refused) -> None:
        self._remember(error)
        _notices.warn_once(
            f"blocked {self.journal.head.run_id}",
            f"the server takes no more of this run: {error} What is left stays in {self.journal.folder}.",
        )

    def _cancel(self) -> None:
        """Interrupts the training code as Ctrl-C would, once."""
        if self._is_canceled or self._closing.is_set():
            return
        self._is_canceled = True
        _notices.warn_once("cancel", "this run was canceled from the studio.")
        main = threading.main_thread()
        if hasattr(signal, "pthread_kill") and main.ident is not None:
            # A real signal also ends a blocking call such as time.sleep.
            signal.pthread_kill(main.ident, signal.SIGINT)
        else:
            import _thread

            _thread.interrupt_main()
