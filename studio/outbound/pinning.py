"""Connections to the address that was judged, for the client libraries the studio uses.

| library | how | what is judged |
|---|---|---|
| paramiko, plain sockets | `connect(host, port, …)` gives the connected socket | every connection |
| requests | `session(purpose=…)` | every connection, redirects included |
| azure-storage-blob | `transport=azure_transport(purpose=…)` | every connection |
| google-cloud-storage | `pin_session(AuthorizedSession(credentials, auth_request=Request(session(…))), …)`: the key file's `token_uri` is an address too | every connection |
| boto3 | `pin_boto(client, purpose=…)` | every connection |
| urllib3 | `pool_manager(purpose=…)` | every connection, redirects included |
| SQLAlchemy over psycopg or PyMySQL | `pin_engine(engine, purpose=…)` | every connection |

The name stays what TLS checks the certificate against. Proxies of the environment are not used: behind one nobody but the
proxy knows which address is called. DuckDB opens connections of its own and can't be pinned: it is not let onto the network.
"""

import socket
from typing import Any

import requests
import requests.adapters
import urllib3
import urllib3.connection
import urllib3.exceptions

from studio.outbound import addresses
from studio.outbound.addresses import Refused

SECONDS_TO_CONNECT = 10.0


def connect(host: str, port: int, *, purpose: str, timeout: float = SECONDS_TO_CONNECT) -> socket.socket:
    """A socket to a judged address of the host. Raises Refused, or OSError when none of them answers."""
    found = addresses.judged(host, port, purpose=purpose)
    for address in found[:-1]:
        try:
            return socket.create_connection((address, port), timeout=timeout)
        except OSError:
            continue
    return socket.create_connection((found[-1], port), timeout=timeout)


def session(*, purpose: str) -> requests.Session:
    """A session of `requests` that connects to judged addresses only."""
    return pin_session(requests.Session(), purpose=purpose)


def pin_session(made: requests.Session, *, purpose: str) -> requests.Session:
    """Let a session that a library made connect to judged addresses only."""
    made.trust_env = False
    made.mount("https://", _Adapter(purpose))
    made.mount("http://", _Adapter(purpose))
    return made


def azure_transport(*, purpose: str) -> Any:
    """What Azure's clients take as `transport`. It stays open: who closes a client does not close it."""
    from azure.core.pipeline.transport import RequestsTransport

    return RequestsTransport(session=session(purpose=purpose), session_owner=False, use_env_settings=False)


def pool_manager(*, purpose: str, **options: Any) -> urllib3.PoolManager:
    """urllib3's pool of connections, each to a judged address."""
    return _pinned(urllib3.PoolManager(**options), purpose)


def pin_boto(client: Any, *, purpose: str) -> None:
    """Let a boto3 client connect to judged addresses only. Make it with `Config(proxies={})`."""
    _pinned(client._endpoint.http_session._manager, purpose)


def pin_engine(engine: Any, *, purpose: str) -> None:
    """Let an SQLAlchemy engine (PostgreSQL by psycopg, MySQL by PyMySQL) connect to judged addresses only."""
    import sqlalchemy

    connector = {"psycopg": _psycopg, "pymysql": _pymysql}[engine.dialect.driver]

    @sqlalchemy.event.listens_for(engine, "do_connect")
    def to_judged_address(dialect: Any, record: Any, arguments: Any, parameters: dict[str, Any]) -> Any:
        return connector(dialect, parameters, purpose)


def _psycopg(dialect: Any, parameters: dict[str, Any], purpose: str) -> Any:
    port = int(parameters.get("port") or 5432)
    found = addresses.judged(str(parameters.get("host") or ""), port, purpose=purpose)
    # libpq tries the pairs in order; the name is for TLS alone.
    host = str(parameters["host"])
    named = {"host": ",".join([host] * len(found)), "hostaddr": ",".join(found), "port": str(port)}
    return dialect.connect(**{**parameters, **named})


def _pymysql(dialect: Any, parameters: dict[str, Any], purpose: str) -> Any:
    port = int(parameters.get("port") or 3306)
    made = dialect.connect(**{**parameters, "defer_connect": True})
    made.connect(connect(str(parameters.get("host") or ""), port, purpose=purpose))
    return made


class _Adapter(requests.adapters.HTTPAdapter):
    def __init__(self, purpose: str) -> None:
        self._purpose = purpose
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        _pinned(self.poolmanager, self._purpose)


def _pinned(manager: urllib3.PoolManager, purpose: str) -> urllib3.PoolManager:
    """Change which classes a manager makes its connections of, keeping what they are for botocore and the rest."""
    classes = {scheme: _pool_class(pool, purpose) for scheme, pool in manager.pool_classes_by_scheme.items()}
    manager.pool_classes_by_scheme = classes
    manager.clear()
    return manager


def _pool_class(pool: Any, purpose: str) -> Any:
    class Connection(pool.ConnectionCls):
        def _new_conn(self) -> socket.socket:
            timeout = self.timeout if isinstance(self.timeout, int | float) else SECONDS_TO_CONNECT
            try:
                made = connect(self._dns_host, self.port, purpose=purpose, timeout=timeout)
            except TimeoutError as error:
                raise urllib3.exceptions.ConnectTimeoutError(self, f"{self.host} did not answer in time.") from error
            except OSError as error:
                raise urllib3.exceptions.NewConnectionError(self, f"No connection to {self.host}: {error}") from error
            for option in self.socket_options or []:
                made.setsockopt(*option)
            return made

    return type("Pool", (pool,), {"ConnectionCls": Connection})


__all__ = ["Refused", "azure_transport", "connect", "pin_boto", "pin_engine", "pin_session", "pool_manager", "session"]
