"""Who may do what: one enum of permissions and the three built-in roles as frozen sets of them."""

from enum import StrEnum


class Permission(StrEnum):
    WORKSPACE_VIEW = "workspace:view"
    WORKSPACE_EDIT = "workspace:edit"
    MEMBER_VIEW = "member:view"
    MEMBER_MANAGE = "member:manage"
    EXPERIMENT_VIEW = "experiment:view"
    EXPERIMENT_EDIT = "experiment:edit"
    EXPERIMENT_DELETE = "experiment:delete"
    RUN_VIEW = "run:view"
    RUN_SUBMIT = "run:submit"
    RUN_LOG = "run:log"
    RUN_EDIT = "run:edit"
    RUN_STOP = "run:stop"
    RUN_ARCHIVE = "run:archive"
    RUN_DELETE = "run:delete"
    STORAGE_VIEW = "storage:view"
    STORAGE_PURGE = "storage:purge"
    VIEW_SHARE = "view:share"
    REPORT_VIEW = "report:view"
    REPORT_EDIT = "report:edit"
    MODEL_VIEW = "model:view"
    MODEL_EDIT = "model:edit"
    MODEL_DELETE = "model:delete"
    MODEL_APPROVE = "model:approve"
    MODEL_GOVERN = "model:govern"
    WEBHOOK_MANAGE = "webhook:manage"
    SECRET_VIEW = "secret:view"
    SECRET_EDIT = "secret:edit"
    DATASTORE_VIEW = "datastore:view"
    DATASTORE_MANAGE = "datastore:manage"
    DATA_VIEW = "data:view"
    DATA_EDIT = "data:edit"
    DATA_DELETE = "data:delete"
    COMPONENT_VIEW = "component:view"
    COMPONENT_EDIT = "component:edit"
    COMPONENT_DELETE = "component:delete"
    PIPELINE_VIEW = "pipeline:view"
    PIPELINE_EDIT = "pipeline:edit"
    PIPELINE_DELETE = "pipeline:delete"
    SCHEDULE_VIEW = "schedule:view"
    SCHEDULE_EDIT = "schedule:edit"
    COMPUTE_VIEW = "compute:view"
    COMPUTE_MANAGE = "compute:manage"
    ENVIRONMENT_VIEW = "environment:view"
    ENVIRONMENT_EDIT = "environment:edit"
    ENVIRONMENT_DELETE = "environment:delete"
    IMAGE_VIEW = "image:view"
    IMAGE_BUILD = "image:build"
    IMAGE_DELETE = "image:delete"
    ENDPOINT_VIEW = "endpoint:view"
    ENDPOINT_INVOKE = "endpoint:invoke"
    ENDPOINT_EDIT = "endpoint:edit"
    ENDPOINT_KEYS = "endpoint:keys"
    ENDPOINT_DELETE = "endpoint:delete"
    DEVICE_VIEW = "device:view"
    DEVICE_MANAGE = "device:manage"
    ACTIVITY_VIEW = "activity:view"


VIEWS = frozenset(permission for permission in Permission if permission.endswith(":view"))
OWNER, CONTRIBUTOR, READER = "owner", "contributor", "reader"
ROLES: dict[str, frozenset[Permission]] = {
    OWNER: frozenset(Permission),
    CONTRIBUTOR: frozenset(Permission)
    - {
        Permission.WORKSPACE_EDIT,
        Permission.MEMBER_MANAGE,
        Permission.COMPUTE_MANAGE,
        Permission.STORAGE_PURGE,
        Permission.WEBHOOK_MANAGE,
        Permission.MODEL_GOVERN,
    },
    READER: VIEWS,
}
# A run's own token: it reads its workspace's runs, models and data, and writes its own, nothing else.
JOB_TOKEN = frozenset(
    {
        Permission.RUN_VIEW,
        Permission.RUN_LOG,
        Permission.RUN_SUBMIT,
        Permission.EXPERIMENT_VIEW,
        Permission.MODEL_VIEW,
        Permission.MODEL_EDIT,
        Permission.DATA_VIEW,
        Permission.DATASTORE_VIEW,
        Permission.WORKSPACE_VIEW,
    }
)


def roles_with(permission: Permission) -> list[str]:
    """The roles that hold a permission, for a database filter."""
    return [role for role, held in ROLES.items() if permission in held]
