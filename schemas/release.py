"""Keeps the contracts as they were published: `python -m schemas.release` copies the present ones to `schemas/released/`.

A contract that the released one cannot be read with is refused, and nothing at all is written then: exit 4.
"""

import sys
from pathlib import Path

from schemas.compatibility import incompatibilities
from schemas.contracts import AVRO_FOLDER, RELEASED_FOLDER, BadContract, read_contract, topics_with_contract


def broken(avro: Path = AVRO_FOLDER, released: Path = RELEASED_FOLDER) -> list[str]:
    """Why the present contracts cannot follow the released ones, one French sentence each; a topic withdrawn is one."""
    present = set(topics_with_contract(avro))
    found = []
    for topic in topics_with_contract(released):
        if topic not in present:
            found.append(f"{topic} : le topic a été publié et n'a plus de contrat.")
            continue
        before, now = read_contract(topic, released / f"{topic}.avsc"), read_contract(topic, avro / f"{topic}.avsc")
        found += [f"{topic} : {sentence}" for sentence in incompatibilities(before, now)]
    return found


def release(avro: Path = AVRO_FOLDER, released: Path = RELEASED_FOLDER) -> list[str]:
    """Copy what is new or changed; the topics written. Call `broken` first."""
    released.mkdir(exist_ok=True)
    written = []
    for topic in topics_with_contract(avro):
        source, target = avro / f"{topic}.avsc", released / f"{topic}.avsc"
        if not target.exists() or target.read_bytes() != source.read_bytes():
            target.write_bytes(source.read_bytes())
            written.append(topic)
    return written


def main() -> int:
    """0 done, 1 a contract cannot be read, 4 refused."""
    try:
        found = broken()
        if found:
            sys.stderr.write("\n".join([*found, "Refusé : publiez une nouvelle version majeure du topic, ou donnez un défaut.", ""]))
            return 4
        written = release()
    except BadContract as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stderr.write("".join(f"publié : {topic}\n" for topic in written) or "Rien n'a changé.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
