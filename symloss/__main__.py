"""`python -m symloss` is the `symloss` command."""

from symloss.cli import main

if __name__ == "__main__":
    main()
