"""Use cases of devices and their modules, under one name."""

from registry.edge.services.devices import create_device, delete_device, edit_device, end_silent, forget_codes
from registry.edge.services.enrolment import Code, Enrolled, enrol, new_code, revoke
from registry.edge.services.modules import (
    add_module,
    deploy,
    remove_module,
    restart_module,
    roll_back,
    start_module,
    stop_module,
    update_module,
)
from registry.edge.services.reporting import take_report

__all__ = [
    "Code",
    "Enrolled",
    "add_module",
    "create_device",
    "delete_device",
    "deploy",
    "edit_device",
    "end_silent",
    "enrol",
    "forget_codes",
    "new_code",
    "remove_module",
    "restart_module",
    "revoke",
    "roll_back",
    "start_module",
    "stop_module",
    "take_report",
    "update_module",
]
