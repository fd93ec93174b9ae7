"""`python -m services` is the command `musafaha`."""

from services.cli import main

main()
