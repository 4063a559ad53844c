"""Backups: a folder of sealed files from which an installation can be made again.

BackupFault
├── BackupDamaged   Terminal   a file is missing, cut short or altered
├── BackupSealed    Terminal   the passphrase or key is not the one it was sealed for
├── BackupNewer     Terminal   made by a newer version of this program
└── NotEmpty        Terminal   there is something where a backup is to be restored
"""

from __future__ import annotations

from base.errors import Terminal, UniteError


class BackupFault(UniteError, Terminal):
    """Anything wrong with a backup or the place it goes to."""


class BackupDamaged(BackupFault):
    """A file is missing, cut short or altered."""


class BackupSealed(BackupFault):
    """The passphrase or key is not the one the backup was sealed for."""


class BackupNewer(BackupFault):
    """Made by a newer version of this program."""


class NotEmpty(BackupFault):
    """There is something where a backup is to be restored."""
