"""The few calls of GitHub's API that the workflows make, by its own `gh`."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from console.errors import ToldError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_AUTHOR: Final = "github-actions[bot]"
"""Who writes with the token of a workflow. Whoever else writes the mark into a comment is not taken for it."""


class GithubError(ToldError):
    """GitHub refused a call; `str()` says which, and what it answered."""


@dataclass(frozen=True)
class Repository:
    """A repository, `owner/name`."""

    name: str

    def put_comment(self, number: int, body: str, *, mark: str) -> None:
        """Write the one comment with this mark on a pull request: a new one, or the one from before."""
        found = self._marked(f"issues/{number}/comments", mark)
        if found:
            self._call("PATCH", f"issues/comments/{found['id']}", {"body": body})
        else:
            self._call("POST", f"issues/{number}/comments", {"body": body})

    def put_issue(self, title: str, body: str, *, mark: str) -> None:
        """Write the one open issue with this mark: a new one, or the one from before."""
        found = self._issue(mark)
        if found:
            self._call("PATCH", f"issues/{found['number']}", {"title": title, "body": body})
        else:
            self._call("POST", "issues", {"title": title, "body": body})

    def close_issue(self, *, mark: str) -> None:
        """Close the issue with this mark, if it is open."""
        found = self._issue(mark)
        if found:
            self._call("PATCH", f"issues/{found['number']}", {"state": "closed", "state_reason": "completed"})

    def put_pull_request(self, branch: str, *, base: str, title: str, body: str) -> None:
        """Open a pull request of a branch of this repository, or renew the text of the one that is open."""
        owner = self.name.partition("/")[0]
        found = next(iter(self._list(f"pulls?state=open&head={quote(f'{owner}:{branch}')}")), None)
        if found:
            self._call("PATCH", f"pulls/{found['number']}", {"title": title, "body": body})
        else:
            self._call("POST", "pulls", {"title": title, "body": body, "head": branch, "base": base})

    def _issue(self, mark: str) -> Mapping[str, Any] | None:
        return self._marked(f"issues?state=open&creator={quote(_AUTHOR)}", mark)

    def _marked(self, path: str, mark: str) -> Mapping[str, Any] | None:
        for entry in self._list(path):
            is_own = "pull_request" not in entry and entry["user"]["login"] == _AUTHOR
            if is_own and (entry.get("body") or "").startswith(mark):
                return entry
        return None

    def _list(self, path: str) -> Iterable[Mapping[str, Any]]:
        pages: list[list[Mapping[str, Any]]] = json.loads(self._run("GET", path, "--paginate", "--slurp") or "[]")
        return (entry for page in pages for entry in page)

    def _call(self, method: str, path: str, fields: Mapping[str, str]) -> None:
        # The text goes through a pipe: an argument could be too long.
        self._run(method, path, "--input", "-", text=json.dumps(fields))

    def _run(self, method: str, path: str, *options: str, text: str = "") -> str:
        command = ["gh", "api", "--method", method, f"repos/{self.name}/{path}", *options]
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False
        )
        if done.returncode:
            message = f"GitHub refused {method} {path}: {done.stderr.strip() or done.stdout.strip()}"
            raise GithubError(message)
        return done.stdout
