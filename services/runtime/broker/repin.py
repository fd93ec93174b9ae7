"""For maintainers: `python -m services.runtime.broker.repin` resolves `coordinates.txt` anew and rewrites `jars.sha256`."""

from __future__ import annotations

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

from jgo.maven import MavenContext

from services.runtime.broker.pins import pins_folder, read_coordinates


def main() -> None:
    """Resolve as Maven would, fetch every jar, and write their sums."""
    folder = pins_folder()
    with TemporaryDirectory() as scratch:
        repository = Path(scratch)
        maven = MavenContext(repo_cache=repository)
        asked, needed = maven.resolver.resolve([maven.create_dependency(name) for name in read_coordinates(folder)])
        files = [Path(dep.artifact.resolve()) for dep in (*asked, *needed) if dep.scope in (None, "compile", "runtime")]
        sums = {file.relative_to(repository).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    (folder / "jars.sha256").write_text("".join(f"{sums[path]}  {path}\n" for path in sorted(sums)), encoding="utf-8")


if __name__ == "__main__":
    main()
