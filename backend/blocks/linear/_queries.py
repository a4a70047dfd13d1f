"""What is asked of Linear, as it goes over the wire.

Source: https://studio.apollographql.com/public/Linear-API/variant/current/schema/reference (the schema; the client of
https://github.com/linear/linear carries the same one).
"""

from __future__ import annotations

# A connection multiplies what it costs by its page: with 25 labels, 50 issues cost 2,000 of the 10,000 points allowed.
_ISSUE = """
  id identifier title description url branchName priority priorityLabel estimate dueDate
  createdAt updatedAt completedAt
  state { id name type }
  team { id key name }
  assignee { id name email }
  creator { id name email }
  project { id name url }
  labels(first: 25) { nodes { id name } }
"""
_ISSUE_FIELDS = f"fragment IssueFields on Issue {{{_ISSUE}}}\n"
_FOUND_FIELDS = f"fragment FoundFields on IssueSearchResult {{{_ISSUE}}}\n"
_COMMENT_FIELDS = """fragment CommentFields on Comment {
  id body url createdAt updatedAt
  user { id name email }
  botActor { name }
  externalUser { name }
  parent { id }
}
"""
_PAGE = "pageInfo { hasNextPage endCursor }"

VIEWER = """query Viewer {
  viewer { name email avatarUrl }
  organization { name }
}
"""
ISSUE = f"""query Issue($id: String!) {{
  issue(id: $id) {{ ...IssueFields }}
}}
{_ISSUE_FIELDS}"""
ISSUE_COMMENTS = f"""query IssueComments($id: String!, $first: Int!, $after: String) {{
  issue(id: $id) {{
    comments(first: $first, after: $after, orderBy: createdAt) {{ nodes {{ ...CommentFields }} {_PAGE} }}
  }}
}}
{_COMMENT_FIELDS}"""
ISSUES = f"""query Issues($filter: IssueFilter, $first: Int!, $after: String) {{
  issues(filter: $filter, first: $first, after: $after, orderBy: updatedAt) {{ nodes {{ ...IssueFields }} {_PAGE} }}
}}
{_ISSUE_FIELDS}"""
SEARCH_ISSUES = f"""query SearchIssues($term: String!, $filter: IssueFilter, $first: Int!, $after: String) {{
  searchIssues(term: $term, filter: $filter, first: $first, after: $after) {{ nodes {{ ...FoundFields }} {_PAGE} }}
}}
{_FOUND_FIELDS}"""
COMMENT = f"""query Comment($id: String!) {{
  comment(id: $id) {{ ...CommentFields }}
}}
{_COMMENT_FIELDS}"""

TEAMS = """query Teams($filter: TeamFilter, $first: Int!) {
  teams(filter: $filter, first: $first) { nodes { id key name } }
}
"""
USERS = """query Users($filter: UserFilter, $first: Int!) {
  users(filter: $filter, first: $first) { nodes { id name displayName email } }
}
"""
WORKFLOW_STATES = """query WorkflowStates($filter: WorkflowStateFilter, $first: Int!) {
  workflowStates(filter: $filter, first: $first) { nodes { id name team { id } } }
}
"""
ISSUE_LABELS = """query IssueLabels($filter: IssueLabelFilter, $first: Int!) {
  issueLabels(filter: $filter, first: $first) { nodes { id name team { id } } }
}
"""
PROJECTS = """query Projects($filter: ProjectFilter, $first: Int!) {
  projects(filter: $filter, first: $first) { nodes { id name } }
}
"""

CREATE_ISSUE = f"""mutation CreateIssue($input: IssueCreateInput!) {{
  issueCreate(input: $input) {{ success issue {{ ...IssueFields }} }}
}}
{_ISSUE_FIELDS}"""
UPDATE_ISSUE = f"""mutation UpdateIssue($id: String!, $input: IssueUpdateInput!) {{
  issueUpdate(id: $id, input: $input) {{ success issue {{ ...IssueFields }} }}
}}
{_ISSUE_FIELDS}"""
CREATE_COMMENT = f"""mutation CreateComment($input: CommentCreateInput!) {{
  commentCreate(input: $input) {{ success comment {{ ...CommentFields }} }}
}}
{_COMMENT_FIELDS}"""

ALL = (
    VIEWER,
    ISSUE,
    ISSUE_COMMENTS,
    ISSUES,
    SEARCH_ISSUES,
    COMMENT,
    TEAMS,
    USERS,
    WORKFLOW_STATES,
    ISSUE_LABELS,
    PROJECTS,
    CREATE_ISSUE,
    UPDATE_ISSUE,
    CREATE_COMMENT,
)
