"""The program's entry: Ctrl-C is quiet even while the rest is being loaded."""

import sys

from onrecord.tuning import tune


def main() -> None:
    """Run the command line."""
    tune()
    try:
        from onrecord.cli import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
