"""What can keep the managed server from running; each message is one sentence."""


class ManagedServerError(Exception):
    """Base of the errors of this package."""


class NoJava(ManagedServerError):
    """Raised when there is no Java for this platform."""


class RegistryUnreachable(ManagedServerError):
    """Raised when Neo4j's jars are not here and cannot be fetched."""


class DamagedDownload(ManagedServerError):
    """Raised when a fetched file is not the one that was locked."""


class PortInUse(ManagedServerError):
    """Raised when a port that was asked for is taken."""


class FolderInUse(ManagedServerError):
    """Raised when a running server holds the folder."""


class FolderUnusable(ManagedServerError):
    """Raised when the folder cannot be made or written."""


class StartFailed(ManagedServerError):
    """Raised when the server does not come up; the message says where it logs."""


class PasswordRefused(ManagedServerError):
    """Raised when a server lets nobody in with the password of its folder."""


class StoreNotEmpty(ManagedServerError):
    """Raised when a store that is to be filled holds a database already."""


class ImportFailed(ManagedServerError):
    """Raised when files cannot be imported; the message says which line or what else is wrong."""
