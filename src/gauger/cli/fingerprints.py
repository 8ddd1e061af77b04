"""`gauger catalogue add|keygen|pack|import` and `gauger verify`: fingerprints, and who vouches for them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gauger.core.errors import UsageError
from gauger.core.exits import Exit

if TYPE_CHECKING:
    from gauger.trace.fingerprints.pack import Pack

_STRANGE = re.compile(r"[^a-z0-9._-]+")

own_folder = click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Where fingerprints are kept. Default: $GAUGER_FINGERPRINTS, else the user's data folder.",
)
trust = click.option(
    "--trust",
    "trusted",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="PUBKEY",
    help="Believe the owner of this public key (PEM, Ed25519). Repeatable.",
)


@click.command()
@click.argument("model", type=click.Path(path_type=Path, exists=True), metavar="MODEL")
@click.option(
    "--key", default="", metavar="ID", help="Catalogue id or name of the model. Default: its file name."
)
@click.option("--title", default="", metavar="TEXT", help="Its name for people.")
@click.option("--developer", default="", metavar="ID", help="Who trained it: a catalogue id or a name.")
@click.option("--licence", default="", metavar="ID", help="Its licence: a catalogue id or a name.")
@click.option("--source", default="", metavar="TEXT", help="Where the weights were had from.")
@click.option("--replace", is_flag=True, help="Replace a fingerprint of the same key.")
@click.option("--small", is_flag=True, help="Keep a stated part of every layer: about a third of the size.")
@own_folder
def add(
    model: Path,
    key: str,
    title: str,
    developer: str,
    licence: str,
    source: str,
    replace: bool,  # noqa: FBT001 - an option of the command line
    small: bool,  # noqa: FBT001 - an option of the command line
    folder: Path | None,
) -> int:
    """Make a fingerprint of MODEL (a file or folder): derived numbers, no weights. Searches then know it."""
    from gauger.trace.fingerprints.library import user_folder
    from gauger.trace.fingerprints.make import REFERENCE, SHIPPED, make_fingerprint
    from gauger.trace.fingerprints.records import Declared
    from gauger.trace.fingerprints.store import SUFFIX, save_fingerprint

    name = key or model.resolve().name.removesuffix(SUFFIX)
    target = (folder or user_folder()) / f"{file_stem(name)}{SUFFIX}"
    if target.exists() and not replace:
        raise UsageError("exists already", subject=str(target), hint="--replace, or another --key")
    declared = Declared(key=name, title=title, developer=developer, licence=licence, source=source)
    fingerprint = make_fingerprint(model, declared, detail=SHIPPED if small else REFERENCE)
    digest = save_fingerprint(fingerprint, target)
    click.echo(f"{digest}  {target}")
    document = fingerprint.document
    click.echo(
        f"gauger: {name}: {target.stat().st_size} bytes of {document.reading.total_bytes} bytes of weights; "
        f"{len(document.tensors)} tensors, {len(document.blocks)} blocks, {len(document.lenses)} lenses",
        err=True,
    )
    for remark in document.reading.remarks:
        click.echo(f"gauger: {remark}", err=True)
    return int(Exit.DONE)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
def keygen(file: Path) -> int:
    """Make an Ed25519 key: FILE to sign with, FILE.pub for those who are to trust it."""
    from gauger.signing.keys import new_key, write_key

    key = new_key()
    public = write_key(key, file)
    click.echo(f"{key.public.ident}  {public}")
    click.echo(f"gauger: keep {file} to yourself; it is not encrypted", err=True)
    return int(Exit.DONE)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True), metavar="FOLDER")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FILE"
)
@click.option(
    "--sign-with",
    "keys",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="KEY",
    help="Sign with this private key (PEM, Ed25519). Repeatable. Without one nobody vouches for the pack.",
)
def pack(folder: Path, output: Path, keys: tuple[Path, ...]) -> int:
    """Put the fingerprints of FOLDER into one file that can travel."""
    from gauger.signing.keys import read_signing_key
    from gauger.trace.fingerprints.pack import write_pack
    from gauger.trace.fingerprints.store import SUFFIX

    files = [path for path in sorted(folder.iterdir()) if path.suffix == SUFFIX]
    signers = tuple(read_signing_key(key) for key in keys)
    statement = write_pack(files, output, signers)
    who = ", ".join(key.public.ident[:16] for key in signers)
    click.echo(
        f"gauger: {len(statement.subject)} fingerprints, {output.stat().st_size} bytes, "
        + (f"signed by {who}" if who else "not signed"),
        err=True,
    )
    return int(Exit.DONE)


@click.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True), metavar="FILE")
@trust
@click.option("--unsigned", is_flag=True, help="Take a pack that no trusted key signed. Hits say so.")
@own_folder
def import_file(
    file: Path,
    trusted: tuple[Path, ...],
    unsigned: bool,  # noqa: FBT001 - an option of the command line
    folder: Path | None,
) -> int:
    """Add the fingerprints of a pack, once its signature and every byte were checked."""
    from gauger.trace.fingerprints.library import user_folder
    from gauger.trace.fingerprints.pack import import_pack

    record = import_pack(_opened(file, trusted, unsigned=unsigned), folder or user_folder())
    who = ", ".join(name[:16] for name in record.signed_by) or "nobody"
    click.echo(f"gauger: {len(record.fingerprints)} fingerprints, signed by {who}", err=True)
    return int(Exit.DONE)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True), metavar="FILE")
@trust
def verify(file: Path, trusted: tuple[Path, ...]) -> int:
    """Check a signed record: who signed it, and that no byte was changed; exit 5 where that fails.

    FILE is a pack of fingerprints, or a decision record with its FILE.dsse.json beside it.
    """
    from gauger.trace.fingerprints.pack import is_pack

    if not is_pack(file):
        return _verify_decisions(file, trusted)
    checked = _opened(file, trusted, unsigned=False)
    for name, digest in checked.digests.items():
        click.echo(f"{digest}  {name}")
    who = ", ".join(checked.verified.signed_by)
    click.echo(f"gauger: {len(checked.digests)} fingerprints as signed by {who}", err=True)
    return int(Exit.DONE)


def _verify_decisions(file: Path, trusted: tuple[Path, ...]) -> int:
    from gauger.cli.explain import read
    from gauger.core.decision_record import load_record
    from gauger.core.errors import Malformed
    from gauger.signing.decisions import verify_record
    from gauger.signing.keys import read_trusted_key

    data = read(file)
    try:
        record = load_record(data)
    except Malformed as error:
        raise UsageError("no signed record that this program knows", subject=str(file)) from error
    checked = verify_record(file, data, tuple(read_trusted_key(path) for path in trusted))
    click.echo(f"{record.sha256}  {record.target} as of {record.as_of}")
    click.echo(
        f"gauger: {len(record.decisions)} decisions as signed by {', '.join(checked.signed_by)}", err=True
    )
    return int(Exit.DONE)


def find(model: Path, catalogue_path: Path | None) -> int:
    """Print with which fingerprints the weights at MODEL hang together."""
    from gauger.catalogue.load import default_folder
    from gauger.trace.fingerprints.library import Library, library_folders
    from gauger.trace.fingerprints.make import QUERY, make_fingerprint
    from gauger.trace.fingerprints.records import Declared

    library = Library(library_folders(catalogue_path or default_folder()))
    hits = library.search(make_fingerprint(model, Declared(key="query"), detail=QUERY))
    for hit in hits:
        verb = f"{hit.relation or 'depends on'}{' (the other way round)' if hit.inverse else ''}"
        sure = (
            "equal numbers" if hit.tier == "identity" else f"z {hit.z:.1f}, p < 1e{_exponent(hit.log_bound)}"
        )
        click.echo(f"{hit.alteration}\t{verb}\t{hit.key}\t{sure}\t{hit.places} places\t{hit.trust}")
    for name, reason in library.broken:
        click.echo(f"gauger: {name} was left out: {reason}", err=True)
    click.echo(f"gauger: {len(hits)} of {len(library)} fingerprints", err=True)
    return int(Exit.DONE if hits else Exit.NOTHING)


def file_stem(key: str) -> str:
    """Under which file name is a fingerprint of this key kept? Lower case, digits, dots, dashes."""
    return _STRANGE.sub("-", key.lower()).strip("-.")[:100] or "fingerprint"


def _exponent(log_bound: float) -> int:
    return min(0, -int(-log_bound / 2.302585))


def _opened(file: Path, trusted: tuple[Path, ...], *, unsigned: bool) -> Pack:
    from gauger.signing.keys import read_trusted_key
    from gauger.trace.fingerprints.pack import Pack, is_pack

    if not is_pack(file):
        raise UsageError("no signed record that this program knows", subject=str(file))
    return Pack(file, tuple(read_trusted_key(path) for path in trusted), unsigned=unsigned)
