"""What can keep a command from its work; each message is one sentence."""


class CommandError(Exception):
    """Base of the errors of this package."""


class WrongSetting(CommandError):
    """Raised when a setting cannot be used; the message names each one that is wrong."""


class NoLog(CommandError):
    """Raised when a command that only reads finds no log."""


class AlreadyServing(CommandError):
    """Raised when a service of the same data folder runs already."""


class FolderUnusable(CommandError):
    """Raised when the data folder cannot be made or written."""


class FileUnwritable(CommandError):
    """Raised when a file cannot be written; what was in it is still there."""


class AddressUnusable(CommandError):
    """Raised when the service cannot listen where it should."""


class NotRunning(CommandError):
    """Raised when a command needs a Neo4j that somebody else runs, and none runs."""


class NotHere(CommandError):
    """Raised when a command is not for this kind of log; the message says what is."""
