"""`python -m automation.cli`: the same as `appealdesk`."""

from automation.cli import main

if __name__ == "__main__":
    main()
