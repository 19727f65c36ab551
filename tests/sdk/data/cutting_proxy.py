"""A line that breaks: it passes bytes on to a server, and cuts connections after so many of them."""

import socket
import threading


class CuttingProxy:
    """Cuts the first connections whose bytes, of both directions, reach the next of `cuts`; then none any more."""

    def __init__(self, address: str, cuts: list[int]) -> None:
        host, _, port = address.removeprefix("http://").partition(":")
        self._target = (host, int(port))
        self._cuts = list(cuts)
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.made = 0
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def left(self) -> int:
        return len(self._cuts)

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self.made += 1
            far = socket.create_connection(self._target)
            count = [0]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(source, sink, count), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, count: list[int]) -> None:
        try:
            while data := source.recv(65_536):
                count[0] += len(data)
                with self._lock:
                    if self._cuts and count[0] > self._cuts[0]:
                        self._cuts.pop(0)
                        break
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()
