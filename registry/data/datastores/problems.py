"""What goes wrong between the studio and a place outside, each in one sentence."""

from studio.errors import Conflict, Denied, Invalid, NoSpace, NotFound, Unavailable


class DatastoreProblem(Unavailable):
    """The place can't be used as it is registered: the message says what is wrong, the hint what to do."""


def unreachable(where: str, reason: str) -> DatastoreProblem:
    return DatastoreProblem(
        "datastore_unreachable",
        f"{where} does not answer: {reason}.",
        hint="Check the address, and that the studio's machine can reach it.",
    )


def credential_refused(where: str, reason: str = "") -> DatastoreProblem:
    said = f": {reason}" if reason else ""
    return DatastoreProblem(
        "datastore_credential_refused",
        f"{where} does not accept the credential{said}.",
        hint="Enter the credential again on the datastore's page.",
    )


def place_missing(what: str) -> DatastoreProblem:
    return DatastoreProblem(
        "datastore_place_missing", f"{what} does not exist.", hint="Make it, or correct the datastore's settings."
    )


def not_allowed(what: str) -> DatastoreProblem:
    return DatastoreProblem(
        "datastore_not_allowed",
        f"{what}.",
        hint="Give the credential this right, or mark the datastore as read-only.",
    )


def failed(where: str, reason: str) -> DatastoreProblem:
    return DatastoreProblem("datastore_failed", f"{where} answered with an error: {reason}.")


def file_missing(path: str) -> NotFound:
    return NotFound("file_missing", f"There is nothing called '{path}' in this datastore.")


def file_exists(path: str) -> Conflict:
    return Conflict(
        "file_exists", f"There is a file called '{path}' already.", hint="Overwrite it, or take another name."
    )


def not_a_file(path: str, what: str = "a folder") -> Conflict:
    return Conflict("not_a_file", f"'{path}' is {what}, not a file.")


def not_a_folder(path: str) -> Conflict:
    return Conflict("not_a_folder", f"'{path}' can't be used: a part of it is a file, not a folder.")


def folder_not_empty(path: str) -> Conflict:
    return Conflict("folder_not_empty", f"The folder '{path}' is not empty.", hint="Delete its files first.")


def link_refused(path: str) -> Invalid:
    return Invalid(
        "link_refused",
        f"'{path}' is a link, or leads through one; links in a datastore are not followed.",
        hint="Put the file itself there, or register the place it leads to as a datastore.",
    )


def unusable_name(path: str, reason: str) -> Conflict:
    return Conflict(
        "unusable_name", f"The file '{path}' can't be used: {reason}.", hint="Rename it where it lies, or move it away."
    )


def reserved_name(path: str) -> Invalid:
    return Invalid("unsafe_path", f"The name '{path}' can't be used: the studio keeps it for unfinished files.")


def read_only(name: str) -> Denied:
    return Denied("datastore_read_only", f"The datastore {name} is read-only, so nothing is written or deleted there.")


def disk_full(where: str) -> NoSpace:
    return NoSpace(
        "disk_full",
        f"{where} is full, so the file was not stored.",
        hint="Free space there, or choose another datastore.",
    )
