"""The next piece of a stream is made while the one before it is worked on."""

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor


def ahead(make: Callable[[], bytes]) -> Generator[bytes, None, None]:
    """What `make` gives until it gives nothing, in its order; raises what it raises, once what came before was given.

    A thread of its own makes one piece at most ahead, while the caller works on the one it was given: worth it where both leave the
    interpreter to others (reading, digests and decompression there, libxml2 here). Close it before what `make` reads from is closed.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as other:
        coming = other.submit(make)
        while piece := coming.result():
            coming = other.submit(make)
            yield piece
