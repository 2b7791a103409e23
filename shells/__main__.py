"""`python -m shells` is `ragft`."""

from shells.cli import main

main()
