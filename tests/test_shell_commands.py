"""The commands of a block are found wherever a shell would run them."""

from __future__ import annotations

import pytest

from tests.shell_commands import Command, ShellError, blocks, commands, commands_of

PAGE = """
```sh
make plan ENV=prod # a comment; with a separator
```

- In a list:

  ```sh
  aws s3 ls | grep -E '^a|b;c' > file
  ```

```toml
not = "read"
```
"""


def test_the_blocks_of_a_page_are_read_also_in_lists() -> None:
    assert len(blocks(PAGE)) == 2
    assert [command.words for command in commands(PAGE)] == [
        ("make", "plan", "ENV=prod"),
        ("aws", "s3", "ls"),
        ("grep", "-E", "^a|b;c"),
    ]


@pytest.mark.parametrize(
    ("block", "words"),
    [
        (
            "A=$(aws sts get-caller-identity --query 'a(b)')",
            [("aws", "sts", "get-caller-identity", "--query", "a(b)"), ()],
        ),
        (
            'aws sqs purge-queue --queue-url "$(aws sqs get-queue-url)"',
            [
                ("aws", "sqs", "get-queue-url"),
                ("aws", "sqs", "purge-queue", "--queue-url", "OUTPUT"),
            ],
        ),
        ("for A in a b; do\n  make plan ENV=$A\ndone", [(), ("make", "plan", "ENV=A")]),
        ("cd a && terraform init", [("cd", "a"), ("terraform", "init")]),
        ("sleep $((1 + 2))", [("sleep", "1")]),
        ("make plan \\\n  ENV=${B##*/}", [("make", "plan", "ENV=B")]),
        ("echo '$(not run)' '# kept'", [("echo", "$(not run)", "# kept")]),
        ("jq . < file 2> /dev/null", [("jq", ".")]),
        ("cat > file <<'END'\nrm -rf x\nEND\nmake plan", [("cat",), ("make", "plan")]),
    ],
)
def test_a_block_is_split(block: str, words: list[tuple[str, ...]]) -> None:
    assert [command.words for command in commands_of(block)] == words


def test_what_is_given_to_a_command_is_not_one_of_its_words() -> None:
    assert commands_of("A=1 tool x <<< '{\"a\": 1}'") == [Command(("tool", "x"), variables=("A",), given='{"a": 1}')]


@pytest.mark.parametrize("block", ["echo 'a", "A=$(aws s3 ls"])
def test_what_a_shell_could_not_read_is_refused(block: str) -> None:
    with pytest.raises(ShellError, match="is not closed"):
        commands_of(block)
