"""Texts that ask whoever sets them to fetch an address or to read a file, and what a document that
did so would hold."""

import io
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pikepdf
from lxml import etree
from PIL import Image

from domain.documents.printed import sheets

ASKING = (
    "file://{file}",
    "{url}/plain",
    '@import url("{url}/style.css"); @font-face {{ src: url(file://{file}) }}',
    '<link rel="attachment" href="file://{file}"><link rel=stylesheet href="{url}/link">',
    '<img src="{url}/img.png"><img src="file://{picture}"><object data="{url}/object">',
    '<iframe src="file://{file}"></iframe><script src="{url}/script.js"></script>',
    '#image("{url}/typst.png") #image("{picture}") #image("{back}")',
    '#read("{file}") #read("{back}") #include "{file}" #import "{url}/x.typ": *',
    '#pdf.attach("{file}") #pdf.embed("{file}") #plugin("{url}/x.wasm") #csv("{file}")',
    '<?xpacket begin="" id="x"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><e href="{url}/xmp"/>',
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file://{file}">]>&e; <xi:include href="file://{file}"/>',
    '<svg><image href="{url}/svg.png"/><use href="file://{file}#x"/></svg>',
    "\\input{{{file}}} \\includegraphics{{{picture}}} /EmbeddedFile /URI ({url}/uri)",
    '#link("{url}/link")[here] [here]({url}/link) <a href="{url}/a">here</a>',
)


@dataclass(frozen=True)
class Lure:
    """An address on this machine where somebody listens, a file that nobody may read, and a picture
    beside it."""

    url: str
    file: Path
    picture: Path
    secret: str
    came: list[bytes] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """What asks for them, in the languages of several renderers."""
        back = "../" * 12 + str(self.file)[1:]
        named = {"url": self.url, "file": self.file, "picture": self.picture, "back": back}
        return [words.format(**named) for words in ASKING]


@contextmanager
def lure(folder: Path) -> Iterator[Lure]:
    """One whose files lie in this folder; they are gone afterwards."""
    secret = f"canary{secrets.token_hex(8)}"
    file = folder / f"{secrets.token_hex(4)}.txt"
    with socket.create_server(("127.0.0.1", 0)) as door:
        address = f"http://127.0.0.1:{door.getsockname()[1]}/lure"
        made = Lure(address, file, file.with_suffix(".png"), secret)

        def listen() -> None:
            with suppress(OSError):
                while True:
                    caller, _ = door.accept()
                    made.came.append(caller.recv(4096))
                    caller.close()

        threading.Thread(target=listen, daemon=True).start()
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(secret)
        Image.new("RGB", (64, 64), "#c0ffee").save(made.picture)
        try:
            yield made
        finally:
            file.unlink()
            made.picture.unlink()
            with suppress(OSError):
                door.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True)
class Held:
    """What a PDF holds besides its own words: attached files, pictures, addresses that it leads to,
    the elements of its metadata, and whether it tells the secret of a lure."""

    files: tuple[str, ...]
    pictures: int
    links: tuple[str, ...]
    elements: tuple[str, ...]
    tells: bool


def held(pdf: bytes, by: Lure) -> Held:
    """Looks into every object of a PDF, and at what is set on its pages."""
    pieces, pictures, links, elements = [pdf], 0, list[str](), set[str]()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for one in document.objects:
            if isinstance(one, pikepdf.Stream):
                pieces.append(one.read_bytes() if one.get("/Subtype") != "/Image" else b"")
                pictures += one.get("/Subtype") == "/Image"
            links += addresses(one)
            pieces.append(one.unparse() if not isinstance(one, pikepdf.Stream) else b"")
        if "/Metadata" in document.Root:
            about = document.Root.Metadata.read_bytes()
            elements = {one.tag for one in etree.fromstring(about).iter(tag=etree.Element)}
        files = tuple(sorted(document.attachments))  # by their names
    words = "".join(text.words for sheet in sheets(pdf) for text in sheet.texts)
    tells = by.secret in words or by.secret.encode() in b"\n".join(pieces)
    return Held(files, pictures, tuple(sorted(links)), tuple(sorted(elements)), tells)


def addresses(thing: pikepdf.Object) -> list[str]:
    """The addresses that an object of a PDF leads to, those within it included."""
    if isinstance(thing, pikepdf.Array):
        values = list(thing.as_list())
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        values = [one for name, one in thing.items() if name != "/URI"]
    else:
        return []
    own = [str(thing.URI)] if isinstance(thing, pikepdf.Dictionary) and "/URI" in thing else []
    within = [one for one in values if isinstance(one, pikepdf.Object) and not one.is_indirect]
    return own + [found for one in within for found in addresses(one)]
