"""lxml's own `iterparse` over a whole file, in a process that loads nothing else.

`python -m bench.contenders.iterparse as_it_is|spared FILE`: `as_it_is` is what a Python program gets; `spared` has its collector of
cycles set as our processes have theirs (`bus.collector`). Prints seconds, processor seconds and pupils as JSON.
"""

import json
import sys
import time

from lxml import etree

from bus.collector import spare_the_collector


def pupils(path: str) -> int:
    """What lxml alone needs to give every element of the file, each forgotten at once."""
    count = 0
    for _, element in etree.iterparse(path, events=("end",)):
        count += element.tag == "ELEVE"
        element.clear()
    return count


def main(way: str, path: str) -> None:
    """One run."""
    if way == "spared":
        spare_the_collector()
    cpu, began = time.process_time(), time.perf_counter()
    count = pupils(path)
    found = {"seconds": time.perf_counter() - began, "processor_seconds": time.process_time() - cpu, "count": count}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
