"""GitHub's objects as its REST API documents them, with the fields that clients read.

Source: https://docs.github.com/en/rest (2022-11-28): the example responses of each page.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
API = "https://api.github.com"
SITE = "https://github.com"


def user(login: str) -> Json:
    """https://docs.github.com/en/rest/users/users#get-the-authenticated-user"""
    return {
        "login": login,
        "id": 1,
        "node_id": "MDQ6VXNlcjE=",
        "avatar_url": "https://avatars.githubusercontent.com/u/1?v=4",
        "html_url": f"{SITE}/{login}",
        "type": "User",
        "site_admin": False,
        "name": "monalisa octocat",
        "company": "GitHub",
        "email": "octocat@github.com",
    }


def issue(repo: str, number: int, title: str, body: str | None = None, *, is_pull: bool = False) -> Json:
    """https://docs.github.com/en/rest/issues/issues#get-an-issue"""
    made: Json = {
        "id": number,
        "url": f"{API}/repos/{repo}/issues/{number}",
        "html_url": f"{SITE}/{repo}/{'pull' if is_pull else 'issues'}/{number}",
        "number": number,
        "state": "open",
        "state_reason": None,
        "title": title,
        "body": body,
        "user": user("octocat"),
        "labels": [],
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "locked": False,
        "comments": 0,
        "closed_at": None,
        "created_at": "2011-04-22T13:33:48Z",
        "updated_at": "2011-04-22T13:33:48Z",
    }
    return made | ({"pull_request": {"url": f"{API}/repos/{repo}/pulls/{number}"}} if is_pull else {})


def pull(repo: str, number: int, title: str, body: str, head: str, base: str) -> Json:
    """https://docs.github.com/en/rest/pulls/pulls#get-a-pull-request"""
    return {
        "id": number,
        "url": f"{API}/repos/{repo}/pulls/{number}",
        "html_url": f"{SITE}/{repo}/pull/{number}",
        "number": number,
        "state": "open",
        "title": title,
        "body": body,
        "user": user("octocat"),
        "labels": [],
        "draft": False,
        "merged": False,
        "mergeable": True,
        "merge_commit_sha": None,
        "head": {"label": f"octocat:{head}", "ref": head, "sha": f"sha-of-{head}"},
        "base": {"label": f"octocat:{base}", "ref": base, "sha": f"sha-of-{base}"},
        "created_at": "2011-01-26T19:01:12Z",
        "updated_at": "2011-01-26T19:01:12Z",
    }


def comment(repo: str, number: int, comment_id: int, body: str) -> Json:
    """https://docs.github.com/en/rest/issues/comments#get-an-issue-comment"""
    return {
        "id": comment_id,
        "url": f"{API}/repos/{repo}/issues/comments/{comment_id}",
        "html_url": f"{SITE}/{repo}/issues/{number}#issuecomment-{comment_id}",
        "issue_url": f"{API}/repos/{repo}/issues/{number}",
        "body": body,
        "user": user("octocat"),
        "created_at": "2011-04-14T16:00:49Z",
        "updated_at": "2011-04-14T16:00:49Z",
    }


def label(name: str) -> Json:
    """https://docs.github.com/en/rest/issues/labels"""
    return {"id": 208045946, "name": name, "color": "f29513", "default": False, "description": None}


def release(repo: str, release_id: int, said: Json) -> Json:
    """https://docs.github.com/en/rest/releases/releases#get-a-release"""
    tag = said["tag_name"]
    return {
        "id": release_id,
        "url": f"{API}/repos/{repo}/releases/{release_id}",
        "html_url": f"{SITE}/{repo}/releases/tag/{tag}",
        "tag_name": tag,
        "target_commitish": said.get("target_commitish", "main"),
        "name": said.get("name"),
        "body": said.get("body"),
        "draft": said.get("draft", False),
        "prerelease": said.get("prerelease", False),
        "author": user("octocat"),
        "assets": [],
        "created_at": "2013-02-27T19:35:32Z",
        "published_at": "2013-02-27T19:35:32Z",
    }


def repository(repo: str) -> Json:
    """https://docs.github.com/en/rest/repos/repos#get-a-repository"""
    return {
        "id": 1296269,
        "name": repo.partition("/")[2],
        "full_name": repo,
        "owner": user(repo.partition("/")[0]),
        "private": False,
        "html_url": f"{SITE}/{repo}",
        "description": "This your first repo!",
        "fork": False,
        "url": f"{API}/repos/{repo}",
        "language": None,
        "forks_count": 9,
        "stargazers_count": 80,
        "open_issues_count": 0,
        "default_branch": "main",
        "topics": ["octocat", "api"],
        "archived": False,
        "updated_at": "2011-01-26T19:14:43Z",
    }


def hook(place: str, hook_id: int, said: Json) -> Json:
    """https://docs.github.com/en/rest/repos/webhooks#create-a-repository-webhook; `place` is repos/a/b or orgs/a."""
    return {
        "type": "Repository" if place.startswith("repos/") else "Organization",
        "id": hook_id,
        "name": "web",
        "active": said.get("active", True),
        "events": said.get("events", ["push"]),
        "config": {**said["config"], "secret": "********"},
        "url": f"{API}/{place}/hooks/{hook_id}",
        "ping_url": f"{API}/{place}/hooks/{hook_id}/pings",
        "deliveries_url": f"{API}/{place}/hooks/{hook_id}/deliveries",
        "updated_at": "2019-06-03T00:57:16Z",
        "created_at": "2019-06-03T00:57:16Z",
        "last_response": {"code": None, "status": "unused", "message": None},
    }


def refusal(message: str, status: int, **more: Any) -> Json:
    """https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api"""
    return {
        "message": message,
        "documentation_url": "https://docs.github.com/rest",
        "status": str(status),
        **more,
    }


def code(repo: str, path: str, sha: str) -> Json:
    """A file that a search has found. Source: https://docs.github.com/en/rest/search/search#search-code."""
    return {
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": sha,
        "html_url": f"https://github.com/{repo}/blob/main/{path}",
        "repository": repository(repo),
        "score": 1.0,
    }
