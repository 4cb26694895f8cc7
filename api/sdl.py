"""Print the schema: ``python -m api.sdl > docs/schema.graphql`` after every change of it."""

from api.schema import sdl

if __name__ == "__main__":
    print(sdl(), end="")
