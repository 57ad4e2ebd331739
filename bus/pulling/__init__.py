"""Sources that are asked: views, feeds and services, with a cursor that never passes what is not published."""
