"""What do shell scripts run, download and export?"""

from __future__ import annotations

from gauger.scan.collector import Collected, FileView
from gauger.scan.shell import Session


class ShellScript:
    """Scripts by their name or by the line that names their shell."""

    ident = "shell-script"
    globs: tuple[str, ...] = (
        "**/*.sh",
        "**/*.bash",
        "**/*.zsh",
        "**/*.ksh",
        "**/Procfile",
        "**/justfile",
        "**/.bashrc",
        "**/.profile",
    )
    magics: tuple[bytes, ...] = (
        b"#!/bin/sh",
        b"#!/bin/bash",
        b"#!/usr/bin/env bash",
        b"#!/usr/bin/env sh",
        b"#!/usr/bin/bash",
        b"#!/bin/zsh",
    )

    def collect(self, view: FileView) -> Collected:
        """Read every command of the script.

        Raises:
            LimitExceeded: the script is longer than the bounds allow.
            Unreadable: it cannot be read.
        """
        session = Session(self.ident, str(view.path), view.limits)
        session.text(view.text(), 1)
        return session.finish().collected()
