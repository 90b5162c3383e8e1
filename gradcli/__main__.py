"""`python -m gradcli`.

Must not know more than where the command line begins.
"""

from gradcli.cli import main

if __name__ == "__main__":
    main()
