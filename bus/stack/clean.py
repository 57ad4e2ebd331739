"""`make clean`: stops what runs and removes the data of the embedded stack; downloads stay."""

import shutil
import sys

from bus import supervisor
from bus.settings import load_settings
from bus.stack import postgres, stack
from bus.stack.places import Places
from bus.told import Told


def clean(places: Places) -> None:
    """Leave only the cache in `var`."""
    if not places.var.exists():
        return
    supervisor.stop(places)
    stack.down(places)
    postgres.remove(places)
    for entry in places.var.iterdir():
        if entry == places.cache:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def main() -> None:
    """The folders of the settings."""
    settings = load_settings(services=False)
    clean(Places.of(settings.var, settings.cache_folder))


if __name__ == "__main__":
    try:
        main()
    except Told as told:
        sys.exit(str(told))
